/** What the API keeps in the database, on both: keys, and requests that may be repeated. */
import { setImmediate as immediate } from 'node:timers/promises'
import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { ApiKeyService, type ApiKey } from '#services/api_keys/api_key_service'
import { IdempotentRequests } from '#services/api_keys/idempotent_requests'
import { watchPostgres } from '#services/token_manager/postgres_changes'
import { watchSqlite } from '#services/token_manager/sqlite_changes'
import type { TokenChanges } from '#services/token_manager/token_changes'
import { openPostgresDriver } from '#store/postgres_driver'
import type { Value } from '#store/driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`What the API keeps on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let keys: ApiKeyService
    let elsewhere: ApiKeyService
    let changes: TokenChanges
    let reads: number
    let requests: IdempotentRequests
    let trouble: unknown[]
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      await fixture.connect('ana')
      const { clock } = fixture
      const open = () =>
        dialect === 'sqlite'
          ? openSqliteDriver(testDatabaseFile(), clock)
          : openPostgresDriver(postgresUrl ?? '', clock)
      const watch = async () =>
        dialect === 'sqlite' ? watchSqlite(testDatabaseFile()) : watchPostgres(postgresUrl ?? '', clock)
      const driver = open()
      const read = (sql: string, values: readonly Value[]) => {
        reads++
        return driver.read(sql, values)
      }
      trouble = []
      reads = 0
      const onTrouble = (error: unknown) => trouble.push(error)
      changes = await watch()
      keys = new ApiKeyService({ driver: { ...driver, read }, clock, changes, onTrouble })
      const other = await watch()
      elsewhere = new ApiKeyService({ driver: open(), clock, changes: other, onTrouble })
      requests = new IdempotentRequests(driver)
      context.cleanup(async () => {
        await Promise.all([keys.close(), elsewhere.close(), changes.close(), other.close()])
      })
    })

    const make = (lifetime: number | null = null) =>
      keys.create({
        ...{ organizationId: ORGANIZATION, name: 'CI', abilities: ['runs:read', 'tokens:read'], lifetime },
        createdBy: 'ana@example.com',
      })

    test('a key is what was asked for, and is found by its text alone', async ({ assert }) => {
      const { apiKey, key } = await make(HOUR)
      const now = fixture.clock.now()
      assert.deepInclude(apiKey, {
        organizationId: ORGANIZATION,
        name: 'CI',
        abilities: ['runs:read', 'tokens:read'],
        createdBy: 'ana@example.com',
        createdAt: now,
        expiresAt: now + HOUR,
        lastUsedAt: null,
        revokedAt: null,
      })
      assert.deepEqual(await keys.verify(key), apiKey)
      assert.equal(String(key), '[secret]')
      for (const text of ['', 'evg_', 'evg_a.b', `${key.reveal()}x`, key.reveal().slice(4)])
        assert.isNull(await keys.verify(new Secret(text)), text)
    })

    /** Until what was committed elsewhere is known here: at once on SQLite, in a moment on PostgreSQL. */
    const heard = async (hasChanged: () => Promise<boolean>) => {
      const patience = performance.now() + 5_000
      while (!(await hasChanged()) && performance.now() < patience) await immediate()
    }

    test('a verified key is remembered; work of others that changes no key does not matter', async ({
      assert,
    }) => {
      const { apiKey, key } = await make()
      assert.isNotNull(changes.mark())
      await keys.verify(key)
      await keys.settled()
      const before = reads
      await elsewhere.create({ ...apiKey, abilities: ['*'], lifetime: null })
      await fixture.run('UPDATE connections SET next_refresh_at = ?t', [fixture.clock.now()])
      assert.deepEqual(await keys.verify(key), apiKey)
      assert.equal(reads, before)
    })

    test('a remembered key that another process changes is read again', async ({ assert }) => {
      const { apiKey, key } = await make()
      const later = fixture.clock.now() + HOUR
      const updates: [string, Value[], Partial<ApiKey>][] = [
        ['name = ?', ['Renamed'], { name: 'Renamed' }],
        [`abilities = '["runs:read"]'`, [], { abilities: ['runs:read'] }],
        ['expires_at = ?t', [later], { expiresAt: later }],
      ]
      for (const [sql, values, change] of updates) {
        await keys.verify(key)
        await fixture.run(`UPDATE api_keys SET ${sql} WHERE id = ?`, [...values, apiKey.id])
        const [[field, wanted]] = Object.entries(change)
        const present = async () => (await keys.verify(key))?.[field as keyof ApiKey]
        await heard(async () => JSON.stringify(await present()) === JSON.stringify(wanted))
        assert.deepEqual(await present(), wanted, field)
      }
      await elsewhere.revoke(ORGANIZATION, apiKey.id)
      await heard(async () => (await keys.verify(key)) === null)
      assert.isNull(await keys.verify(key))
    })

    test('a remembered key that is deleted opens nothing', async ({ assert }) => {
      const { apiKey, key } = await make()
      assert.isNotNull(await keys.verify(key))
      await fixture.run('DELETE FROM api_keys WHERE id = ?', [apiKey.id])
      await heard(async () => (await keys.verify(key)) === null)
      assert.isNull(await keys.verify(key))
    })

    test('a remembered key is not its look-alike, and its own process refuses it as soon as it is revoked', async ({
      assert,
    }) => {
      const { apiKey, key } = await make()
      await keys.verify(key)
      assert.isNull(await keys.verify(new Secret(`${key.reveal().slice(0, -1)}x`)))
      await keys.revoke(ORGANIZATION, apiKey.id)
      assert.isNull(await keys.verify(key))
    })

    test('of two who rotate a key at once one gets a successor; the old key ends with the overlap, everywhere', async ({
      assert,
    }) => {
      const { apiKey, key } = await make()
      await elsewhere.verify(key)
      const rotate = (service: ApiKeyService) =>
        service.rotate(ORGANIZATION, apiKey.id, { overlap: HOUR, createdBy: null })
      const made = (await Promise.all([rotate(keys), rotate(elsewhere)])).filter((one) => one !== null)
      assert.lengthOf(made, 1)
      const old = await keys.find(ORGANIZATION, apiKey.id)
      assert.deepInclude(old, {
        replacedBy: made[0].apiKey.id,
        expiresAt: fixture.clock.now() + HOUR,
        revokedAt: null,
      })
      assert.lengthOf(await keys.list(ORGANIZATION), 2)
      assert.isNotNull(await elsewhere.verify(made[0].key))
      await heard(async () => (await elsewhere.verify(key))?.replacedBy === made[0].apiKey.id)
      assert.isNotNull(await elsewhere.verify(key))
      fixture.clock.advance(HOUR)
      assert.isNull(await elsewhere.verify(key))
      assert.isNull(await rotate(keys))
    })

    test('a key ends to the millisecond', async ({ assert }) => {
      const { key } = await make(HOUR)
      fixture.clock.advance(HOUR - 1)
      assert.isNotNull(await keys.verify(key))
      fixture.clock.advance(1)
      assert.isNull(await keys.verify(key))
    })

    test('the last use is noted at most once a minute, by however many nodes', async ({ assert }) => {
      const { key } = await make()
      const begin = fixture.clock.now()
      const lastUse = async () => {
        await keys.settled()
        return (await keys.list(ORGANIZATION))[0].lastUsedAt
      }
      await keys.verify(key)
      assert.equal(await lastUse(), begin)
      fixture.clock.advance(MINUTE - 1)
      await keys.verify(key)
      assert.equal(await lastUse(), begin)
      fixture.clock.advance(1)
      await keys.verify(key)
      assert.equal(await lastUse(), begin + MINUTE)
      assert.deepEqual(trouble, [])
    })

    test('keys are listed the newest first, of one organization; a revoked one keeps its day', async ({
      assert,
    }) => {
      const { apiKey: first } = await make()
      fixture.clock.advance(MINUTE)
      const { apiKey: second, key } = await make()
      assert.deepEqual(
        (await keys.list(ORGANIZATION)).map(({ id }) => id),
        [second.id, first.id]
      )
      assert.deepEqual(await keys.list('00000000-0000-7000-8000-00000000000b'), [])
      const revokedAt = fixture.clock.now()
      assert.isTrue(await keys.revoke(ORGANIZATION, second.id))
      fixture.clock.advance(MINUTE)
      assert.isTrue(await keys.revoke(ORGANIZATION, second.id))
      assert.equal((await keys.list(ORGANIZATION))[0].revokedAt, revokedAt)
      assert.isNull(await keys.verify(key))
    })

    test('of a hundred equal requests at once one goes on; its answer is kept for a day', async ({
      assert,
    }) => {
      const { apiKey } = await make()
      const request = { apiKeyId: apiKey.id, key: 'order-1', fingerprint: 'a'.repeat(64) }
      const claims = await Promise.all(Array.from({ length: 100 }, () => requests.begin(request)))
      assert.lengthOf(
        claims.filter(({ type }) => type === 'new'),
        1
      )
      assert.lengthOf(
        claims.filter(({ type }) => type === 'in_flight'),
        99
      )
      const answer = { status: 202, location: '/there', body: '{"ok":true}' }
      await requests.finish(request, answer)
      assert.deepEqual(await requests.begin(request), { type: 'answered', answer })
      assert.deepEqual(await requests.begin({ ...request, fingerprint: 'b'.repeat(64) }), {
        type: 'other_request',
      })
      const { apiKey: other } = await make()
      assert.deepEqual(await requests.begin({ ...request, apiKeyId: other.id }), { type: 'new' })
      fixture.clock.advance(24 * HOUR)
      assert.deepEqual(await requests.begin(request), { type: 'answered', answer })
      fixture.clock.advance(1)
      assert.deepEqual(await requests.begin(request), { type: 'new' })
    })

    test('what a dead process left under way is taken over after five minutes, once', async ({ assert }) => {
      const { apiKey } = await make()
      const request = { apiKeyId: apiKey.id, key: 'order-1', fingerprint: 'a'.repeat(64) }
      await requests.begin(request)
      fixture.clock.advance(5 * MINUTE)
      assert.deepEqual(await requests.begin(request), { type: 'in_flight' })
      fixture.clock.advance(1)
      assert.deepEqual(await requests.begin(request), { type: 'new' })
      assert.deepEqual(await requests.begin(request), { type: 'in_flight' })
      await requests.forget(request)
      assert.deepEqual(await requests.begin(request), { type: 'new' })
    })
  })
}
