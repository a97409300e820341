/** What Prometheus is told (SPEC P8): right over several processes, bounded in size, and of no account. */
import { readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { Secret } from '@adonisjs/core/helpers'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import settings from '#config/observability'
import prometheus from '#config/prometheus'
import { ProviderRegistry } from '#oauth/registry'
import { InstallationCollector } from '#services/observability/installation_collector'
import { InstallationFigures } from '#services/observability/installation_figures'
import * as sql from '#services/observability/installation_sql'
import { READ_TOTALS } from '#services/observability/totals_sql'
import { noReads, type TokenReads } from '#services/token_manager/token_reads'
import { lendToApplication } from '#tests/helpers/api_caller'
import {
  engineFixture,
  openDriver,
  postgresUrl,
  type Dialect,
  type EngineFixture,
} from '#tests/helpers/engine_fixture'
import { ended, insert, logged, ORGANIZATION } from '#tests/helpers/log_fixture'
import { aProvider, HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { managerFixture } from '#tests/helpers/token_manager_fixture'

const dialects: Dialect[] = ['sqlite', 'postgres']
type Cleanup = (work: () => Promise<void>) => void

/** A process that is scraped: what it says, by metric and labels as they stand in the text. */
function aTarget(
  dialect: Dialect,
  fixture: EngineFixture,
  cleanup: Cleanup,
  { reads = noReads(), providers }: { reads?: TokenReads; providers?: ProviderRegistry } = {}
) {
  const driver = openDriver(dialect, fixture.clock)
  const figures = new InstallationFigures({
    ...fixture.engine,
    providers: providers ?? fixture.engine.providers,
    driver,
    onTrouble: (error) => void fixture.lines.push(String(error)),
  })
  const Registry = prometheus.registry.constructor as new () => typeof prometheus.registry
  const registry = new Registry()
  new InstallationCollector({ ...prometheus, registry }, figures, reads).register()
  let open = true
  const close = async () => {
    if (open) await driver.close()
    open = false
  }
  cleanup(close)
  return {
    close,
    figures,
    text: () => registry.metrics(),
    async scrape(): Promise<Map<string, number>> {
      fixture.clock.advance(SECOND)
      const lines = (await registry.metrics()).split('\n').filter((line) => line && !line.startsWith('#'))
      return new Map(
        lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))])
      )
    },
  }
}

const total = (outcome: string, reason: string, provider = 'acme') =>
  `evergrant_token_refresh_total{provider="${provider}",outcome="${outcome}",reason="${reason}"}`
const DURATIONS = 'evergrant_token_refresh_duration_seconds'

for (const dialect of dialects) {
  test.group(`Metrics on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let cleanup: Cleanup
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      cleanup = (work) => context.cleanup(work)
      fixture = await engineFixture(dialect, cleanup, { engine: { sleep: async () => {} } })
    })

    test('refreshes of all processes count once, at once and after the log was added up', async ({
      assert,
    }) => {
      const [ana, bo, cy] = [
        await fixture.connect('ana'),
        await fixture.connect('bo'),
        await fixture.connect('cy'),
      ]
      fixture.server.revoke('cy')
      await fixture.engine.refresh.refreshOne(ana, { kind: 'manual' })
      await fixture.sibling().refresh.refreshOne(bo, { kind: 'scheduled' })
      await fixture.engine.refresh.refreshOne(cy, { kind: 'scheduled' })
      await logged(fixture, ana, NOW, { kind: 'test' })
      const [one, other] = [aTarget(dialect, fixture, cleanup), aTarget(dialect, fixture, cleanup)]
      const check = (told: Map<string, number>) => {
        assert.equal(told.get(total('success', 'refreshed')), 2)
        const failed = [...told].filter(
          ([name]) => name.startsWith('evergrant_token_refresh_total{') && name.includes('"failed"')
        )
        assert.deepEqual(
          failed.map(([, count]) => count),
          [1]
        )
        assert.equal(told.get(`${DURATIONS}_count{provider="acme"}`), 3)
        assert.equal(told.get(`${DURATIONS}_bucket{le="+Inf",provider="acme"}`), 3)
        assert.equal(told.get(`${DURATIONS}_bucket{le="0.025",provider="acme"}`), 3)
      }
      check(await one.scrape())
      fixture.clock.advance(HOUR)
      await Promise.all([fixture.engine, fixture.sibling()].map((engine) => engine.figures.rollUp()))
      check(await one.scrape())
      check(await other.scrape())
      assert.lengthOf(await fixture.all('SELECT * FROM refresh_totals'), 2)
    })

    test('durations are told as Prometheus reads them: cumulative, in seconds', async ({ assert }) => {
      const id = await fixture.connect('ana')
      for (const took of [10, 30, 30, 300, 60_000]) await logged(fixture, id, NOW, { duration_ms: took })
      const told = await aTarget(dialect, fixture, cleanup).scrape()
      const bucket = (le: string) => told.get(`${DURATIONS}_bucket{le="${le}",provider="acme"}`)
      assert.deepEqual(['0.025', '0.05', '0.2', '0.4', '25.6', '+Inf'].map(bucket), [1, 3, 3, 4, 4, 5])
      assert.equal(told.get(`${DURATIONS}_sum{provider="acme"}`), 60.37)
    })

    test('a counter never falls, also where a deleted connection takes its log along', async ({ assert }) => {
      const id = await fixture.connect('ana')
      await fixture.connect('bo')
      for (let count = 0; count < 3; count++) await logged(fixture, id, NOW)
      const target = aTarget(dialect, fixture, cleanup)
      assert.equal((await target.scrape()).get(total('success', 'refreshed')), 3)
      await fixture.remove(id)
      assert.equal((await target.scrape()).get(total('success', 'refreshed')), 3)
    })

    test('where no scheduler adds the log up, a scrape does', async ({ assert }) => {
      const id = await fixture.connect('ana')
      await logged(fixture, id, NOW - HOUR)
      const target = aTarget(dialect, fixture, cleanup)
      await target.scrape()
      await target.figures.settled()
      assert.lengthOf(await fixture.all('SELECT * FROM refresh_totals'), 1)
      assert.equal((await target.scrape()).get(total('success', 'refreshed')), 1)
    })

    test('what is due, late, expiring and under way', async ({ assert }) => {
      const at = fixture.clock.now() + SECOND
      const margin = fixture.provider.refresh.margin
      const later = { next_refresh_at: at + HOUR, token_expires_at: at + HOUR + margin }
      await fixture.connect('late', { next_refresh_at: at - 7 * MINUTE })
      await fixture.connect('due', { next_refresh_at: at - SECOND, token_expires_at: at - SECOND })
      await fixture.connect('paused', { next_refresh_at: at - HOUR, paused_at: at - HOUR })
      await fixture.connect('calm', later)
      await fixture.connect('claimed', { ...later, lease_until: at + MINUTE })
      const told = await aTarget(dialect, fixture, cleanup).scrape()
      assert.equal(told.get('evergrant_refresh_queue_depth{provider="acme"}'), 2)
      assert.equal(told.get('evergrant_refresh_lateness_seconds{provider="acme"}'), 420)
      assert.equal(told.get('evergrant_tokens_expiring_soon{provider="acme"}'), 1)
      assert.equal(told.get('evergrant_refreshes_in_flight'), 1)
    })

    test('gates, messages, runs, the latest tick and the quarantine', async ({ assert }) => {
      await fixture.connect('ana')
      const gate = { id: 'acme', flow: 'paused', reason: 'unavailable', updated_at: NOW }
      await insert(fixture, 'client_gates', gate)
      await fixture.run('UPDATE client_gates SET until = ?t', [NOW + HOUR])
      for (const state of ['waiting', 'dead', 'dead', 'delivered'])
        await insert(fixture, 'deliveries', {
          organization_id: ORGANIZATION,
          ...{ channel: 'email', target: 'email:x', state, created_at: NOW },
        })
      await ended(fixture, NOW - MINUTE, 1_000, { state: 'failed' })
      await ended(fixture, NOW - 2 * HOUR, 1_000)
      await insert(fixture, 'workers', worker(NOW - 9_000))
      const target = aTarget(dialect, fixture, cleanup)
      const told = await target.scrape()
      assert.equal(told.get('evergrant_gate_open{gate="acme"}'), 0)
      assert.equal(told.get('evergrant_gates_paused{gate="acme",reason="unavailable"}'), 1)
      assert.equal(told.get('evergrant_deliveries{state="waiting"}'), 1)
      assert.equal(told.get('evergrant_deliveries{state="dead"}'), 2)
      assert.equal(told.get('evergrant_runs{state="running"}'), 0)
      assert.equal(told.get('evergrant_runs_ended_last_hour{state="failed"}'), 1)
      assert.equal(told.get('evergrant_runs_ended_last_hour{state="finished"}'), 0)
      assert.equal(told.get('evergrant_scheduler_tick_age_seconds'), 10)
      assert.equal(told.get('evergrant_quarantined'), 0)
      fixture.clock.advance(HOUR)
      assert.equal((await target.scrape()).get('evergrant_gate_open{gate="acme"}'), 1)
    })

    test('runs of each job count once, with how long they took, from the first look on', async ({
      assert,
    }) => {
      const runs = 'evergrant_run_duration_seconds'
      await fixture.connect('ana')
      const at = fixture.clock.now()
      await ended(fixture, at - 2 * HOUR, 5_000)
      const target = aTarget(dialect, fixture, cleanup)
      const check = async (sum: number, count: number) => {
        const told = await target.scrape()
        assert.equal(told.get(`${runs}_sum{run_job="daily"}`), sum)
        assert.equal(told.get(`${runs}_count{run_job="daily"}`), count)
      }
      await check(0, 0)
      await ended(fixture, at - 10_000, 11_500)
      await ended(fixture, at, 500, { state: 'failed' })
      await ended(fixture, at, 500, { kind: 'test' })
      await ended(fixture, at, 0, { state: 'cancelled', started_at: null })
      await check(12, 2)
      await check(12, 2)
      fixture.clock.advance(HOUR)
      await check(12, 2)
      await ended(fixture, fixture.clock.now() - 40_000, 38_000)
      await fixture.run('DELETE FROM runs WHERE created_at < ?t', [at + MINUTE])
      await check(50, 3)
    })

    test('names of providers are bounded, and of accounts and organizations there are none', async ({
      assert,
    }) => {
      const providers = new ProviderRegistry([fixture.provider])
      const added = ['one', 'two'].map((id) => aProvider({ id: `${id}-of-org`, gate: `gate-${id}` }))
      providers.setAdded(added)
      const id = await fixture.connect('owner-canary')
      for (const { id: provider } of added) {
        await fixture.connect(`account-${provider}`, { provider })
        await logged(fixture, id, NOW, { provider })
        await insert(fixture, 'client_gates', {
          id: `gate-${provider.split('-')[0]}`,
          flow: 'paused',
          reason: 'configuration',
          updated_at: NOW,
        })
      }
      await logged(fixture, id, NOW, { provider: 'gone-for-long' })
      const target = aTarget(dialect, fixture, cleanup, { providers })
      const told = await target.scrape()
      assert.equal(told.get(total('success', 'refreshed', 'added')), 3)
      assert.equal(told.get('evergrant_refresh_queue_depth{provider="added"}'), 2)
      assert.equal(told.get('evergrant_gates_paused{gate="added",reason="configuration"}'), 2)
      assert.notMatch(await target.text(), /canary|account-|of-org|gate-one|gone-for-long|0000-7000/)
    })

    test('while the database is away a process still tells of itself', async ({ assert }) => {
      const target = aTarget(dialect, fixture, cleanup, { reads: { memory: 7, shared: 2, stored: 1 } })
      await target.close()
      const told = await target.scrape()
      assert.equal(told.get('evergrant_database_up'), 0)
      assert.isUndefined(told.get('evergrant_quarantined'))
      assert.equal(told.get('evergrant_token_cache_hits_total{cache="memory"}'), 7)
      assert.equal(told.get('evergrant_token_cache_misses_total{cache="memory"}'), 3)
      assert.equal(told.get('evergrant_token_cache_hits_total{cache="redis"}'), 2)
      assert.equal(told.get('evergrant_token_cache_misses_total{cache="redis"}'), 1)
    })

    test('a token read from memory is a hit, one from the database a miss', async ({ assert }) => {
      const values = { token_expires_at: NOW + HOUR, next_refresh_at: NOW + HOUR / 2 }
      const connectionId = await fixture.connect('ana', values)
      const reads = noReads()
      const { tokens } = await managerFixture(dialect, fixture, cleanup, { reads })
      for (let count = 0; count < 3; count++)
        await tokens.getValidAccessToken({ organizationId: ORGANIZATION, connectionId })
      assert.deepEqual(reads, { memory: 2, shared: 0, stored: 1 })
    })
  })
}

test.group('Cost of a scrape', () => {
  test('each count reads an index', async ({ assert, cleanup }) => {
    const fixture = await engineFixture('sqlite', (work) => cleanup(work))
    const counts: [string, number, string[]][] = [
      [sql.COUNT_DUE, 2, ['connections_due_index']],
      [sql.FIRST_DUE, 2, ['connections_due_index']],
      [sql.COUNT_EXPIRING, 3, ['connections_expiring_index']],
      [sql.COUNT_LEASED, 1, ['connections_leased_index']],
      [sql.COUNT_DELIVERIES, 0, ['deliveries_due_index', 'deliveries_dead_index']],
      [sql.COUNT_OPEN_RUNS, 0, ['runs_open_index']],
      [sql.COUNT_ENDED_RUNS, 1, ['runs_created_at_id_index']],
      [sql.READ_ENDED_RUNS, 2, ['runs_created_at_id_index']],
      [READ_TOTALS, 1, ['refresh_attempts_organization_id_created_at_index']],
    ]
    for (const [statement, values, indexes] of counts) {
      const plan = await fixture.all(`EXPLAIN QUERY PLAN ${statement}`, Array<number>(values).fill(NOW))
      for (const index of indexes) assert.include(JSON.stringify(plan), index)
      assert.notMatch(JSON.stringify(plan), /SCAN (connections|runs|deliveries|a)[ "](?!USING)/)
    }
  })
})

test.group('Metrics over HTTP', (group) => {
  let exported: string
  group.each.timeout(30_000)
  group.each.setup(async (context) => {
    const later = (work: () => Promise<void> | void) => context.cleanup(work)
    const fixture = await engineFixture('sqlite', later)
    const id = await fixture.connect('owner-canary')
    await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
    await lendToApplication(later, { engine: fixture.engine })
    exported = await (await ask()).text()
  })

  const ask = (headers: Record<string, string> = {}) => fetch(`${appUrl}/metrics`, { headers })
  const strange = { 'x-forwarded-for': '203.0.113.9' }

  test('this host is told, in the text format, without session or cookie', async ({ assert }) => {
    const answer = await ask()
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.isNull(answer.headers.get('set-cookie'))
    assert.match(exported, /^# TYPE evergrant_token_refresh_duration_seconds histogram$/m)
    assert.match(exported, /^process_cpu_seconds_total /m)
    assert.match(exported, /^nodejs_eventloop_lag_seconds /m)
    assert.match(exported, /^evergrant_database_up 1$/m)
    assert.notInclude(exported, 'canary')
  })

  test('strangers are told nothing, unless they bring the token', async ({ assert, cleanup }) => {
    cleanup(() => void (settings.metricsToken = null))
    const refused = async (headers: Record<string, string>) => {
      const answer = await ask(headers)
      const body = (await answer.json()) as { code: string }
      assert.deepEqual([answer.status, body.code], [401, 'metrics_token_missing'])
      assert.include(answer.headers.get('www-authenticate'), 'Bearer')
    }
    await refused(strange)
    await refused({ ...strange, authorization: 'Bearer null' })
    settings.metricsToken = new Secret('the-token-of-prometheus')
    await refused({ ...strange, authorization: 'Bearer the-token-of-somebody' })
    await refused({ via: '1.1 proxy' })
    const answer = await ask({ ...strange, authorization: 'Bearer the-token-of-prometheus' })
    assert.equal(answer.status, 200)
    assert.notInclude(await answer.text(), 'the-token-of-prometheus')
    await refused({})
    settings.metricsToken = null
    assert.equal((await ask()).status, 200)
  })

  test('the dashboard and the alert rules ask for nothing that is not told', ({ assert }) => {
    const told = new Set(
      [...exported.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name, type]) =>
        ['histogram', 'summary'].includes(type)
          ? [name, `${name}_sum`, `${name}_count`, ...(type === 'histogram' ? [`${name}_bucket`] : [])]
          : [name]
      )
    )
    const file = (name: string) => readFileSync(app.makePath('deploy', name), 'utf8')
    const dashboard = JSON.parse(file('grafana-dashboard.json')) as Dashboard
    const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    const rules = [...file('prometheus-alerts.yml').matchAll(/^ +expr: (.+)$/gm)].map(([, expr]) => expr)
    assert.isAbove(queries.length, 12)
    const limits = { EvergrantRunsSlow: '> 30', EvergrantErrorRateHigh: '> 0.05' }
    for (const [alert, limit] of Object.entries(limits))
      assert.match(file('prometheus-alerts.yml'), new RegExp(`alert: ${alert}\\n +expr: .*${limit}`))
    assert.lengthOf(rules, file('prometheus-alerts.yml').match(/^ +- alert: /gm)!.length)
    const names = [...queries, ...rules].flatMap(
      (expr) => expr.match(/\b(evergrant|nodejs|process)_\w+/g) ?? []
    )
    assert.deepEqual(
      names.filter((name) => !told.has(name)),
      []
    )
    const unseen = [...told]
      .filter((name) => /^evergrant_[a-z]/.test(name) && !/_(bucket|sum|count)$/.test(name))
      .filter((name) => !names.some((used) => used.startsWith(name)))
    assert.deepEqual(unseen, [], 'each metric of ours is seen by somebody')
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
    assert.isTrue(dashboard.panels.every(({ gridPos }) => gridPos.x + gridPos.w <= 24))
  })
})

interface Dashboard {
  panels: { id: number; gridPos: { x: number; w: number }; targets?: { expr: string }[] }[]
}

const worker = (tickedAt: number) => ({
  ...{ host: 'elsewhere', boot_id: 'boot', pid: 1, role: 'web' },
  started_at: NOW - HOUR,
  beat_at: NOW,
  scheduler_ticked_at: tickedAt,
  scheduler_interval_ms: 1_000,
})
