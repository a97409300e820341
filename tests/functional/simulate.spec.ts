import { test } from '@japa/runner'
import { builtInProviders } from '#oauth/providers/built_in'
import { readTokenResponse } from '#oauth/read_token_response'
import type { Engine } from '#services/build_engine'
import { rehearsedAnswer } from '#services/rehearsed_answer'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { Installation } from '#tests/helpers/installation'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const request = { kind: 'test' } as const

for (const dialect of dialects) {
  test.group(`A simulated refresh on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let engine: Engine
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      engine = fixture.engine
    })

    test('M4: it exercises the whole path, asks nobody, and leaves the row as it was', async ({ assert }) => {
      const id = await fixture.connect('ana')
      const before = await fixture.row(id)
      const outcome = await engine.rehearsal.refreshOne(id, request)
      assert.deepInclude(outcome, { status: 'refreshed', reason: 'refreshed' })
      assert.deepEqual(await fixture.row(id), before)
      assert.lengthOf(fixture.server.presented, 0)
      const [attempt, ...more] = await fixture.attempts(id)
      assert.lengthOf(more, 0)
      assert.deepInclude(attempt, {
        kind: 'test',
        outcome: 'success',
        old_fp: null,
        new_fp: null,
        transition: null,
      })
      assert.isNull(attempt.new_expires_at)
    })

    test('an unreadable token fails in it, and does not count as a strike', async ({ assert }) => {
      const id = await fixture.connect('ana', { refresh_token: 'v1.k1.broken', last_refresh_status: 'error' })
      const before = await fixture.row(id)
      const outcome = await engine.rehearsal.refreshOne(id, request)
      assert.deepInclude(outcome, { status: 'failed', reason: 'unreadable' })
      assert.deepEqual(await fixture.row(id), before)
      const [attempt] = await fixture.attempts(id)
      assert.deepInclude(attempt, { kind: 'test', outcome: 'failed', failure_class: 'unreadable', strike: 0 })
      assert.deepEqual(fixture.notices, [])
    })

    test('a connection that is being refreshed is left alone', async ({ assert }) => {
      const id = await fixture.connect('ana', { lease_until: NOW + 30_000 })
      assert.equal((await engine.rehearsal.refreshOne(id, request)).status, 'skipped')
      assert.lengthOf(await fixture.attempts(id), 0)
    })

    test('a refresh afterwards goes on as if nothing had been', async ({ assert }) => {
      const id = await fixture.connect('ana')
      await engine.rehearsal.refreshOne(id, request)
      await engine.refresh.refreshDue()
      assert.deepInclude(await fixture.row(id), { token_version: 2, open_attempts: 0 })
      assert.lengthOf(fixture.server.presented, 1)
    })
  })

  test.group(`A simulated refresh without a client on ${dialect}`, (group) => {
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('a client that nobody configured fails in it, and pauses nothing', async ({ assert, cleanup }) => {
      const fixture = await engineFixture(dialect, cleanup, { provider: { client: null } })
      const id = await fixture.connect('ana')
      const outcome = await fixture.engine.rehearsal.refreshOne(id, request)
      assert.deepInclude(outcome, { status: 'failed', errorCode: 'client_not_configured' })
      assert.deepEqual(await fixture.all('SELECT * FROM client_gates'), [])
    })

    test('a variable that is missing fails in it', async ({ assert, cleanup }) => {
      const provider = {
        server: { token_endpoint: 'https://{config.shop}.acme.example/token' },
        config: { shop: { title: 'Shop', pattern: '[a-z]+' } },
      }
      const fixture = await engineFixture(dialect, cleanup, { provider })
      const id = await fixture.connect('ana')
      assert.equal((await fixture.engine.rehearsal.refreshOne(id, request)).status, 'failed')
      assert.lengthOf(await fixture.attempts(id), 1)
    })
  })
}

test.group('The answer in the stead of a provider', () => {
  for (const provider of builtInProviders()) {
    test(`is a good one as its definition reads it: ${provider.id}`, ({ assert }) => {
      const result = readTokenResponse(provider, rehearsedAnswer(provider, HOUR, NOW))
      assert.isTrue(result.ok)
      assert.isAbove(result.ok ? (result.tokens.expiresIn ?? 0) : 0, HOUR)
    })
  }
})

test.group('token:refresh --simulate', (group) => {
  group.each.timeout(120_000)

  test('M4: it ends with 0 where all is well and with 3 where something is wrong', async ({
    assert,
    cleanup,
  }) => {
    const installation = await Installation.create(cleanup, {
      environment: { TWITCH_CLIENT_ID: 'client', TWITCH_CLIENT_SECRET: 'secret' },
    })
    await installation.migrate()
    const line = (provider: string) =>
      JSON.stringify({
        provider,
        owner: 'ana',
        access_token: `SECRET-a-${provider}`,
        refresh_token: 'SECRET-r',
      })
    await installation.ace('connection:import', await installation.write('one', line('twitch')), '--json')
    const well = await installation.ace('token:refresh', '--simulate', '--force', '--all', '--json')
    assert.equal(well.code, 0, well.stderr)
    assert.deepInclude(JSON.parse(well.stdout), { kind: 'test', total: 1, refreshed: 0, failed: 0 })
    assert.deepInclude(JSON.parse(well.stdout).results[0], { status: 'would_refresh', new_expires_at: null })
    await installation.ace('connection:import', await installation.write('two', line('spotify')), '--json')
    const wrong = await installation.ace('token:refresh', '--simulate', '--force', '--all', '--json')
    assert.equal(wrong.code, 3)
    assert.deepInclude(JSON.parse(wrong.stdout), { kind: 'test', total: 2, failed: 1 })
    const one = await installation.ace(
      ...['token:refresh', '--simulate', '--force', '--all', '--provider=twitch', '--json']
    )
    assert.equal(one.code, 0)
    const both = await installation.ace('token:refresh', '--simulate', '--dry-run')
    assert.equal(both.code, 2)
    assert.include(both.stderr, '--dry-run')
    assert.notInclude(well.stdout + well.stderr + wrong.stdout + wrong.stderr, 'SECRET')
  })
})
