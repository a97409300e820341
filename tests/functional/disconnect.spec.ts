import { test } from '@japa/runner'
import type { ProviderInput } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import { uuid } from '#models/uuid'
import { KeyRotation } from '#services/key_rotation'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { parseKeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'
import { testDatabaseFile } from '#tests/helpers/database'
import {
  engineFixture,
  KEYS,
  postgresUrl,
  type Dialect,
  type EngineFixture,
} from '#tests/helpers/engine_fixture'
import { aProvider, HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'
import { revocationServer } from '#tests/helpers/revocation_server'
import { json } from '#tests/helpers/token_server'

const DAY = 24 * HOUR
const SECOND = 1_000

type Cleanup = Parameters<typeof engineFixture>[1]

async function begin(dialect: Dialect, cleanup: Cleanup, provider: Partial<ProviderInput> = {}) {
  const revocation = await revocationServer(cleanup)
  const fixture = await engineFixture(dialect, cleanup)
  const definition = aProvider({
    server: { ...fixture.provider.server, revocation_endpoint: revocation.url },
    allowPrivate: true,
    ...provider,
  })
  const engine = fixture.sibling({ providers: new ProviderRegistry([definition]) })
  const organization = async (id: string) => (await fixture.row(id)).organization_id as string
  const disconnect = async (id: string) => engine.disconnections.disconnect(await organization(id), id)
  const waiting = () => fixture.all('SELECT * FROM revocations ORDER BY id')
  return { ...fixture, engine, revocation, disconnect, waiting }
}

const tokensOf = (row: Awaited<ReturnType<EngineFixture['row']>>) =>
  [row.access_token, row.refresh_token, row.spare_refresh_token, row.token_secret, row.credential_fp].filter(
    (value) => value !== null
  )

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`Disconnecting an account (${dialect})`, (group) => {
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.timeout(20_000)

    test('its grant is ended at the provider and no token is left here', async (context) => {
      const { assert } = context
      const { connect, disconnect, row, revocation, refreshTokenOf, waiting } = await begin(dialect, (work) =>
        context.cleanup(work)
      )
      const id = await connect('ana')
      const token = await refreshTokenOf(id)
      assert.deepEqual(await disconnect(id), {
        ok: true,
        already: false,
        revocation: 'revoked',
        children: [],
      })
      assert.deepEqual(revocation.asked, [{ token, hint: 'refresh_token' }])
      const after = await row(id)
      assert.equal(after.status, 'disconnected')
      assert.deepEqual(tokensOf(after), [])
      assert.isNull(after.next_refresh_at)
      assert.deepEqual(await waiting(), [])
    })

    test('a second time changes nothing and asks nobody', async (context) => {
      const { connect, disconnect, revocation } = await begin(dialect, (work) => context.cleanup(work))
      const id = await connect('ana')
      await disconnect(id)
      const again = await disconnect(id)
      context.assert.deepEqual(again, { ok: true, already: true, revocation: 'none', children: [] })
      context.assert.lengthOf(revocation.asked, 1)
    })

    test('the token is shown that ends the whole grant at this provider', async (context) => {
      const { connect, disconnect, revocation } = await begin(dialect, (work) => context.cleanup(work), {
        revokes: 'access_token',
      })
      await disconnect(await connect('ana'))
      context.assert.deepEqual(revocation.asked, [{ token: 'first-ana', hint: 'access_token' }])
    })

    test('an endpoint that is down keeps the token in the outbox until it accepts', async (context) => {
      const { assert } = context
      const { connect, disconnect, revocation, engine, clock, waiting, row } = await begin(dialect, (work) =>
        context.cleanup(work)
      )
      revocation.state.status = 503
      const id = await connect('ana')
      assert.containSubset(await disconnect(id), { ok: true, revocation: 'later' })
      assert.deepEqual(tokensOf(await row(id)), [])
      const [kept] = await waiting()
      assert.match(String(kept.token), /^v1:k1:/)
      assert.equal(await engine.revocations.takeUp(), 0, 'asked again before its time')
      revocation.state.status = 200
      clock.advance(10 * MINUTE)
      assert.equal(await engine.revocations.takeUp(), 1)
      assert.deepEqual(await waiting(), [])
      assert.equal(revocation.asked[0].token, revocation.asked[1].token)
    })

    test('it asks no sooner than the provider says', async (context) => {
      const { connect, disconnect, revocation, engine, clock } = await begin(dialect, (work) =>
        context.cleanup(work)
      )
      Object.assign(revocation.state, { status: 503, headers: { 'retry-after': '3600' } })
      await disconnect(await connect('ana'))
      clock.advance(HOUR - SECOND)
      context.assert.equal(await engine.revocations.takeUp(), 0)
      clock.advance(2 * SECOND)
      context.assert.equal(await engine.revocations.takeUp(), 1)
    })

    test('a client that the provider refuses is tried for a week and then given up', async (context) => {
      const { assert } = context
      const { connect, disconnect, revocation, engine, clock, waiting, lines } = await begin(
        dialect,
        (work) => context.cleanup(work)
      )
      Object.assign(revocation.state, { status: 401, body: { error: 'invalid_client' } })
      await disconnect(await connect('ana'))
      clock.advance(6 * DAY)
      await engine.revocations.takeUp()
      assert.lengthOf(await waiting(), 1)
      clock.advance(2 * DAY)
      await engine.revocations.takeUp()
      assert.deepEqual(await waiting(), [])
      assert.isTrue(lines.some((line) => line.includes('given_up (invalid_client)')))
    })

    test('a token that the provider calls invalid is dead already', async (context) => {
      const { connect, disconnect, revocation, waiting } = await begin(dialect, (work) =>
        context.cleanup(work)
      )
      Object.assign(revocation.state, { status: 400, body: { status: 400, message: 'Invalid token' } })
      context.assert.containSubset(await disconnect(await connect('ana')), { revocation: 'revoked' })
      context.assert.deepEqual(await waiting(), [])
    })

    test('a provider without such an endpoint is not asked', async (context) => {
      const { connect, disconnect, waiting, row } = await begin(dialect, (work) => context.cleanup(work), {
        server: { token_endpoint: 'http://127.0.0.1:9/token' },
      })
      const id = await connect('ana')
      context.assert.containSubset(await disconnect(id), { ok: true, revocation: 'unsupported' })
      context.assert.deepEqual(await waiting(), [])
      context.assert.deepEqual(tokensOf(await row(id)), [])
    })

    test('an account that is connected again keeps its new grant: the old token is not revoked', async (context) => {
      const { assert } = context
      const { connect, disconnect, revocation, engine, clock, waiting, update } = await begin(
        dialect,
        (work) => context.cleanup(work)
      )
      revocation.state.status = 503
      const id = await connect('ana')
      await disconnect(id)
      await update(id, { status: 'connected' })
      clock.advance(HOUR)
      await engine.revocations.takeUp()
      assert.lengthOf(revocation.asked, 1)
      assert.deepEqual(await waiting(), [])
    })

    test('a refresh in flight does not bring the account back, and what it brings is revoked too', async (context) => {
      const { assert } = context
      const { connect, disconnect, revocation, engine, server, row, waiting } = await begin(dialect, (work) =>
        context.cleanup(work)
      )
      const id = await connect('ana')
      server.next(async (response, grant) => {
        await disconnect(id)
        json(response, 200, grant())
      })
      const outcome = await engine.refresh.refreshOne(id, { kind: 'manual', force: true })
      assert.equal(outcome.reason, 'superseded')
      const after = await row(id)
      assert.equal(after.status, 'disconnected')
      assert.deepEqual(tokensOf(after), [])
      assert.lengthOf(revocation.asked, 2)
      assert.equal(revocation.asked[1].token, server.liveTokenOf('ana'))
      assert.deepEqual(await waiting(), [])
    })

    test('accounts that derive from it go with it; one of them alone is refused', async (context) => {
      const { assert } = context
      const { connect, disconnect, row, revocation } = await begin(dialect, (work) => context.cleanup(work))
      const parent = await connect('ana')
      const child = await connect('page', { parent_id: parent })
      assert.deepEqual(await disconnect(child), { ok: false, reason: 'derived' })
      assert.equal((await row(child)).status, 'connected')
      assert.containSubset(await disconnect(parent), { ok: true, children: [child] })
      const after = await row(child)
      assert.equal(after.status_reason, 'parent_disconnected')
      assert.deepEqual(tokensOf(after), [])
      assert.lengthOf(revocation.asked, 1)
    })

    test('a database that may be a copy revokes nothing', async (context) => {
      const { connect, disconnect, revocation, engine, quarantine, waiting } = await begin(dialect, (work) =>
        context.cleanup(work)
      )
      const id = await connect('ana')
      await engine.installation.check()
      await quarantine('copied')
      context.cleanup(async () => void (await engine.installation.lift()))
      context.assert.containSubset(await disconnect(id), { revocation: 'later' })
      context.assert.deepEqual(revocation.asked, [])
      context.assert.lengthOf(await waiting(), 1)
    })

    test('a foreign, an unknown and a nonsensical id are not found', async (context) => {
      const { connect, engine, row } = await begin(dialect, (work) => context.cleanup(work))
      const id = await connect('ana')
      const elsewhere = uuid()
      const { disconnections } = engine
      const organization = (await row(id)).organization_id as string
      const answers = [
        await disconnections.disconnect(elsewhere, id),
        await disconnections.disconnect(organization, uuid()),
        await disconnections.disconnect(organization, "'; DROP TABLE connections"),
      ]
      for (const answer of answers) context.assert.deepEqual(answer, { ok: false, reason: 'not_found' })
      context.assert.equal((await row(id)).status, 'connected')
    })

    test('a token that cannot be decrypted is told of, and goes', async (context) => {
      const { connect, disconnect, vault, row } = await begin(dialect, (work) => context.cleanup(work))
      const place = { organizationId: uuid(), connectionId: uuid(), column: 'refresh_token' }
      const id = await connect('ana', { refresh_token: vault.seal(new Secret('moved'), place) })
      context.assert.containSubset(await disconnect(id), { ok: true, revocation: 'unreadable' })
      context.assert.deepEqual(tokensOf(await row(id)), [])
    })

    test('a rotation of the keys seals anew what waits, and it is revoked all the same', async (context) => {
      const { assert } = context
      const { connect, disconnect, revocation, clock, waiting, sibling, refreshTokenOf, engine, lines } =
        await begin(dialect, (work) => context.cleanup(work))
      revocation.state.status = 503
      const id = await connect('ana')
      const token = await refreshTokenOf(id)
      await disconnect(id)
      const parsed = parseKeyRing(`k2:${Buffer.alloc(32, 7).toString('base64')},${KEYS}`)
      if (!parsed.ok) throw new Error(parsed.problem)
      const vault = new Vault(parsed.ring)
      const driver =
        dialect === 'sqlite'
          ? openSqliteDriver(testDatabaseFile(), clock)
          : openPostgresDriver(postgresUrl ?? '', clock)
      context.cleanup(() => driver.close())
      const rotated = await new KeyRotation({ driver, vault }).run()
      assert.equal(rotated.rewrapped, 1)
      assert.match(String((await waiting())[0].token), /^v1:k2:/)
      revocation.state.status = 200
      clock.advance(HOUR)
      const taken = await sibling({ vault, providers: engine.providers }).revocations.takeUp()
      assert.equal(taken, 1, lines.join('\n'))
      assert.equal(revocation.asked[1].token, token)
      assert.deepEqual(await waiting(), [])
    })
  })
}
