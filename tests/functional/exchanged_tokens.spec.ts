import { test } from '@japa/runner'
import type { ProviderInput } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import type { Engine } from '#services/build_engine'
import { credentialFingerprint } from '#vault/vault'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { GraphServer, graphProviders } from '#tests/helpers/graph_server'
import { told } from '#tests/helpers/outbox'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const manual = { kind: 'manual' } as const
const DAY = 24 * HOUR

for (const dialect of dialects) {
  test.group(`Exchanged tokens on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let graph: GraphServer
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    let cleanup: (work: () => Promise<void>) => void
    group.each.setup(async (context) => {
      cleanup = (work) => context.cleanup(work)
      graph = await GraphServer.start()
      cleanup(() => graph.close())
    })

    async function engineWith(refresh: ProviderInput['refresh']): Promise<Engine> {
      const providers = new ProviderRegistry(graphProviders(graph, refresh))
      fixture = await engineFixture(dialect, cleanup, { engine: { providers } })
      return fixture.engine
    }

    /** A token of 60 days that was issued so long ago and is due now. */
    async function issued(ago: number): Promise<string> {
      const id = await fixture.connect('ana', {
        refresh_token: null,
        token_expires_at: NOW + 60 * DAY - ago,
        last_token_refresh_at: NOW - ago,
      })
      const organizationId = (await fixture.row(id)).organization_id as string
      const token = new Secret('user-1')
      const sealed = fixture.vault.seal(token, { organizationId, connectionId: id, column: 'access_token' })
      const fingerprint = credentialFingerprint(id, token)
      await fixture.update(id, { access_token: sealed, credential_fp: fingerprint })
      return id
    }

    test('an expiry that was not extended is recorded, planned again daily, and never told as renewed', async ({
      assert,
    }) => {
      const engine = await engineWith({})
      const id = await issued(55 * DAY)
      graph.expiresIn = (5 * DAY) / 1_000
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.deepInclude(outcome, {
        status: 'skipped',
        reason: 'not_extended',
        newExpiresAt: NOW + 5 * DAY,
        retryAt: NOW + DAY,
      })
      const row = await fixture.row(id)
      assert.deepInclude(row, { status: 'connected', status_reason: 'not_extended', token_version: 2 })
      assert.equal(Number(row.grant_expires_at), NOW + 5 * DAY)
      assert.equal(Number(row.next_refresh_at), NOW + DAY)
      const [attempt] = await fixture.attempts(id)
      assert.deepInclude(attempt, {
        outcome: 'success',
        error_code: 'not_extended',
        transition: 'not_extended',
      })
      assert.deepEqual(await told(fixture), ['connection.expiring high not_extended'])
      fixture.clock.advance(DAY)
      graph.expiresIn = (4 * DAY) / 1_000
      await engine.refresh.refreshOne(id, manual)
      assert.lengthOf(await told(fixture), 1)
      assert.isTrue(fixture.lines.some((line) => line.includes('not extended by the provider')))
      assert.isFalse(fixture.lines.some((line) => line.includes('] refreshed')))
    })

    test('the person is warned of the end of a token that was not extended', async ({ assert }) => {
      const engine = await engineWith({})
      await issued(55 * DAY)
      graph.expiresIn = (5 * DAY) / 1_000
      const summary = await engine.refresh.refreshDue()
      assert.deepEqual(summary, { refreshed: 0, failed: 0 })
      assert.equal(await engine.deadlines.write(), 1)
      assert.sameMembers(await told(fixture), [
        'connection.expiring high',
        'connection.expiring high not_extended',
      ])
    })

    test('an exchange that extends after all clears the reason', async ({ assert }) => {
      const engine = await engineWith({})
      const id = await issued(55 * DAY)
      graph.expiresIn = (5 * DAY) / 1_000
      await engine.refresh.refreshOne(id, manual)
      fixture.clock.advance(DAY)
      graph.expiresIn = (60 * DAY) / 1_000
      const outcome = await engine.refresh.refreshOne(id, manual)
      assert.equal(outcome.status, 'refreshed')
      assert.deepInclude(await fixture.row(id), { status_reason: null, grant_expires_at: null })
    })

    test('a token that is younger than the provider asks for is never sent, by no door', async ({
      assert,
    }) => {
      const engine = await engineWith({ minimumAge: '24h' })
      const id = await issued(DAY - 1)
      for (const kind of ['manual', 'on_demand'] as const) {
        const outcome = await engine.refresh.refreshOne(id, { kind, force: true })
        assert.deepInclude(outcome, { status: 'skipped', reason: 'too_young', retryAt: NOW + 1 })
      }
      await engine.refresh.refreshDue()
      assert.lengthOf(graph.exchanged, 0)
      const row = await fixture.row(id)
      assert.deepInclude(row, { attempt_id: null, lease_until: null, open_attempts: 0, status: 'connected' })
      assert.equal(Number(row.next_refresh_at), NOW + 1)
      assert.lengthOf(await fixture.attempts(id), 0)
      fixture.clock.advance(1)
      assert.equal((await engine.refresh.refreshOne(id, manual)).status, 'refreshed')
    })

    test('a token of unknown age may be sent', async ({ assert }) => {
      const engine = await engineWith({ minimumAge: '24h' })
      const id = await issued(2 * HOUR)
      await fixture.update(id, { last_token_refresh_at: null, granted_at: null })
      assert.equal((await engine.refresh.refreshOne(id, manual)).status, 'refreshed')
    })
  })
}
