/** What the API keeps in the database, on both: keys, and requests that may be repeated. */
import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { ApiKeyService } from '#services/api_keys/api_key_service'
import { IdempotentRequests } from '#services/api_keys/idempotent_requests'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`What the API keeps on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let keys: ApiKeyService
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
      const driver =
        dialect === 'sqlite'
          ? openSqliteDriver(testDatabaseFile(), clock)
          : openPostgresDriver(postgresUrl ?? '', clock)
      trouble = []
      keys = new ApiKeyService({ driver, clock, onTrouble: (error) => trouble.push(error) })
      requests = new IdempotentRequests(driver)
      context.cleanup(() => keys.close())
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
