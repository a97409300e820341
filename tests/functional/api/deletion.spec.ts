/** `DELETE /connections/:id`: the grant ends at its provider, and the connection goes with all that hangs on it. */
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { ProviderRegistry } from '#oauth/registry'
import { ConnectionDeletion } from '#services/disconnect/deletion'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { anApiCaller, lendToApplication, type ApiAnswer } from '#tests/helpers/api_caller'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { aProvider, MINUTE } from '#tests/helpers/refresh_fixtures'
import { revocationServer } from '#tests/helpers/revocation_server'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
const ELSEWHERE = '00000000-0000-7000-8000-0000000000ff'
const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]

/** An account with a log and with one that derives from it, at a provider that ends tokens on request. */
async function scene(context: TestContext, dialect: Dialect = 'sqlite') {
  const cleanup = (work: () => Promise<void>) => context.cleanup(work)
  const revocation = await revocationServer(cleanup)
  const fixture = await engineFixture(dialect, cleanup)
  const server = { ...fixture.provider.server, revocation_endpoint: revocation.url }
  const definition = aProvider({ server, allowPrivate: true })
  const engine = fixture.sibling({ providers: new ProviderRegistry([definition]) })
  const id = await fixture.connect('ana')
  const child = await fixture.connect('page', { parent_id: id })
  await engine.refresh.refreshOne(id, { kind: 'manual', force: true })
  const left = async () => ({
    connections: (await fixture.all('SELECT id FROM connections ORDER BY id')).map((row) => row.id),
    attempts: (await fixture.all('SELECT id FROM refresh_attempts')).length,
    events: (await fixture.all('SELECT id FROM events WHERE connection_id IS NOT NULL')).length,
    revocations: (await fixture.all('SELECT id FROM revocations')).length,
  })
  return { ...fixture, engine, revocation, id, child, left }
}

const NOTHING = { connections: [], attempts: 0, events: 0, revocations: 0 }

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Deleting a connection (${dialect})`, (group) => {
    if (dialect === 'postgres' && !postgresUrl) return
    group.each.timeout(20_000)

    test('ends the grant and takes the log and derived accounts along, once', async (context) => {
      const { assert } = context
      const { engine, id, left, revocation, refreshTokenOf } = await scene(context, dialect)
      const token = await refreshTokenOf(id)
      assert.isAbove((await left()).attempts, 0)
      assert.deepEqual(await engine.deletion.delete(ORGANIZATION, id.toUpperCase()), { ok: true })
      assert.deepEqual(revocation.asked, [{ token, hint: 'refresh_token' }])
      assert.deepEqual(await left(), NOTHING)
      const again = await engine.deletion.delete(ORGANIZATION, id)
      assert.deepEqual(again, { ok: false, reason: 'not_found' })
    })

    test('a token that the provider has not ended outlives its connection until it is', async (context) => {
      const { assert } = context
      const { engine, id, left, revocation, clock } = await scene(context, dialect)
      revocation.state.status = 503
      assert.deepEqual(await engine.deletion.delete(ORGANIZATION, id), { ok: true })
      assert.deepEqual(await left(), { ...NOTHING, revocations: 1 })
      revocation.state.status = 200
      clock.advance(10 * MINUTE)
      assert.equal(await engine.revocations.takeUp(), 1)
      assert.deepEqual(await left(), NOTHING)
      assert.equal(revocation.asked[1].token, revocation.asked[0].token)
    })

    test('what was disconnected before is deleted; what was connected again meanwhile is kept', async (context) => {
      const { assert } = context
      const { engine, id, left, update, clock } = await scene(context, dialect)
      const driver =
        dialect === 'sqlite'
          ? openSqliteDriver(testDatabaseFile(), clock)
          : openPostgresDriver(postgresUrl ?? '', clock)
      context.cleanup(() => driver.close())
      const disconnections = {
        async disconnect(organizationId: string, ended: string) {
          const done = await engine.disconnections.disconnect(organizationId, ended)
          await update(ended, { status: 'connected' })
          return done
        },
      }
      const raced = new ConnectionDeletion({ driver, disconnections })
      assert.deepEqual(await raced.delete(ORGANIZATION, id), { ok: false, reason: 'connected_again' })
      assert.include((await left()).connections, id)
      await engine.disconnections.disconnect(ORGANIZATION, id)
      assert.deepEqual(await engine.deletion.delete(ORGANIZATION, id), { ok: true })
      assert.deepEqual(await left(), NOTHING)
    })
  })
}

test.group('API: deleting a connection', (group) => {
  group.each.timeout(20_000)

  test('204 once, then 404; not another organization’s, not a derived one, not without the ability', async (context) => {
    const { assert } = context
    const { engine, id, child, left, revocation } = await scene(context)
    await lendToApplication((work) => context.cleanup(work), { engine })
    const caller = await anApiCaller({ organizationId: ORGANIZATION })
    const reader = await anApiCaller({ organizationId: ORGANIZATION, abilities: ['connections:read'] })
    const stranger = await anApiCaller()
    const before = await left()
    for (const wrong of [id, 'nonsense', ELSEWHERE])
      assert.deepEqual(codeOf(await stranger.delete(`/connections/${wrong}`)), [404, 'not_found'], wrong)
    assert.deepEqual(codeOf(await reader.delete(`/connections/${id}`)), [403, 'insufficient_ability'])
    assert.deepEqual(codeOf(await caller.delete(`/connections/${child}`)), [409, 'derived'])
    assert.deepEqual(await left(), before)
    assert.lengthOf(revocation.asked, 0)
    const gone = await caller.delete(`/connections/${id}`)
    assert.deepEqual([gone.status, gone.text], [204, ''])
    assert.lengthOf(revocation.asked, 1)
    assert.deepEqual(codeOf(await caller.delete(`/connections/${id}`)), [404, 'not_found'])
    assert.deepEqual(codeOf(await caller.get(`/connections/${id}`)), [404, 'not_found'])
    assert.deepEqual(await left(), NOTHING)
  })
})
