/** The rules X1 to X8: the fleet of X accounts. Each test is named after its rule. */
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import jobSettings from '#config/jobs'
import Run from '#models/run'
import { xProvider } from '#oauth/providers/x'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import { createTransport } from '#oauth/transport'
import type { JobRequest, RefreshJobResult, VerifyJobResult } from '#services/jobs/job_types'
import { AccountServer } from '#tests/helpers/account_server'
import { anApiCaller, lendToApplication } from '#tests/helpers/api_caller'
import { contractFixture } from '#tests/helpers/contract_fixture'
import { TestClock } from '#tests/helpers/engine_fixture'
import { featureFixture, type FeatureFixture } from '#tests/helpers/feature_fixture'
import { featureListeners } from '#tests/helpers/feature_listeners'
import { isSigned } from '#tests/helpers/oauth1_signature'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR

/** A fleet with the jobs that ship. */
const fleet = (context: TestContext) => featureFixture(context, { engine: { jobSettings } })

async function join(fixture: FeatureFixture, count: number, prefix = 'fleet') {
  const joined = []
  for (let index = 0; index < count; index++) joined.push(await fixture.join('x', `${prefix}-${index}`))
  return joined
}

/** Runs a job to its end and returns its own JSON. */
async function run<Result>(
  { engine, organizationId }: FeatureFixture,
  job: string,
  trigger: JobRequest['trigger'] = 'schedule'
): Promise<Result> {
  const outcome = await engine.jobs.run(job, { organizationId, trigger, actor: null })
  if (!('result' in outcome)) throw new Error(outcome.message)
  if (outcome.error) throw new Error(outcome.error)
  return outcome.result as Result
}

test.group('X1 and X2: tokens that end', (group) => {
  group.each.timeout(20_000)

  test('X1: auto-token-refresh renews what ends within the hour, five at a time, and reports each account', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const ending = await join(fixture, 7)
    fixture.clock.advance(HOUR + MINUTE)
    const [fresh] = await join(fixture, 1, 'fresh')
    const result = await run<RefreshJobResult>(fixture, 'auto-token-refresh')
    const { results, ...figures } = result
    const expected = { success: true, message: 'Refreshed 7 tokens', refreshed: 7, failed: 0, skipped: 0 }
    assert.deepEqual(figures, expected)
    assert.sameDeepMembers(
      results,
      ending.map(({ id, account }) => ({
        account_id: id,
        username: account.name,
        status: 'success' as const,
      }))
    )
    assert.equal(fixture.busiest(), 5)
    assert.equal(fresh.account.refreshes, 0)
    const row = await fixture.row(ending[0].id)
    assert.deepInclude(row, { last_token_refresh_at: fixture.clock.now(), refresh_count: 1 })
    const again = await run<RefreshJobResult>(fixture, 'auto-token-refresh')
    assert.deepInclude(again, { message: 'No tokens require refreshing', refreshed: 0, results: [] })
  })

  test('X1: a token that lives for less than an hour is not renewed in the first half of its life', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const { id, account } = await fixture.join('google', 'short')
    await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
    fixture.clock.advance(20 * MINUTE)
    await run(fixture, 'auto-token-refresh')
    assert.equal(account.refreshes, 1)
    fixture.clock.advance(15 * MINUTE)
    await run(fixture, 'auto-token-refresh')
    assert.equal(account.refreshes, 2)
  })

  test('X2: refresh-expired-tokens renews what has expired already, five at a time; what is refused follows T5', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const expired = await join(fixture, 6)
    const [dead] = await join(fixture, 1, 'dead')
    fixture.clock.advance(2 * HOUR + MINUTE)
    const [living] = await join(fixture, 1, 'living')
    dead.account.say('dead')
    const result = await run<RefreshJobResult>(fixture, 'refresh-expired-tokens')
    assert.deepInclude(result, { success: true, message: 'Refreshed 6 tokens', refreshed: 6, failed: 1 })
    assert.isTrue(expired.every(({ account }) => account.refreshes === 1))
    assert.equal(living.account.refreshes, 0)
    assert.equal(fixture.busiest(), 5)
    const row = await fixture.row(dead.id)
    assert.deepInclude(row, { is_active: 1, token_refresh_failed_at: fixture.clock.now() })
    fixture.clock.advance(15 * MINUTE)
    await run(fixture, 'refresh-expired-tokens')
    assert.deepInclude(await fixture.row(dead.id), { is_active: 0, status: 'needs_reauth' })
  })

  test('X2: an account counts as suspended only where the provider says so, and comes back when it passes', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const [account] = await join(fixture, 1)
    account.account.say('suspended')
    await run(fixture, 'comprehensive-token-refresh')
    const row = await fixture.row(account.id)
    assert.deepInclude(row, { is_suspended: 1, is_active: 0, suspended_at: fixture.clock.now() })
    assert.isNotEmpty(row.suspended_reason)
    account.account.say('success')
    fixture.clock.advance(MINUTE)
    await run(fixture, 'comprehensive-token-refresh')
    const back = { is_suspended: 0, is_active: 1, suspended_at: null, suspended_reason: null }
    assert.deepInclude(await fixture.row(account.id), back)
    const [refused] = await join(fixture, 1, 'refused')
    refused.account.revoke()
    await run(fixture, 'comprehensive-token-refresh')
    assert.deepInclude(await fixture.row(refused.id), { is_suspended: 0 })
  })
})

test.group('X3 to X5: tests, and who runs them', (group) => {
  group.each.timeout(20_000)

  test('X3: comprehensive-token-refresh tests every account gently, renews what is refused, and its figures add up', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const [one, other, stale, suspended, dead, unclear] = await join(fixture, 6)
    const living = stale.account.living('access')
    if (living) living.live = false
    suspended.account.say('suspended')
    dead.account.revoke()
    unclear.account.say('unavailable', { at: ['profile'] })
    const { stats } = await run<VerifyJobResult>(fixture, 'comprehensive-token-refresh')
    assert.deepEqual(stats, {
      ...{ total: 6, valid: 2, expired_refreshed: 1, invalid: 1, suspended: 1, untested: 1 },
      connection_passed: 3,
    })
    assert.equal(fixture.busiest(), 3)
    assert.deepEqual(fixture.waits, [SECOND])
    assert.equal(stale.account.refreshes, 1)
    for (const { id, account } of [one, other])
      assert.equal((await fixture.row(id)).display_name, account.name)
  })

  test('X3: the daily health check tests only what was not renewed that day', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const [old, renewed] = await join(fixture, 2)
    fixture.clock.advance(DAY + HOUR)
    await fixture.engine.refresh.refreshOne(renewed.id, { kind: 'manual' })
    const { stats } = await run<VerifyJobResult>(fixture, 'daily-health-check')
    assert.equal(stats.total, 1)
    assert.isNotNull((await fixture.row(old.id)).last_validated_at)
    assert.isNull((await fixture.row(renewed.id)).last_validated_at)
  })

  test('X4: validate-and-refresh names the ids that are usable now, with the reason for each that is not', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const { engine, organizationId, clock } = fixture
    const [stale, dead] = await join(fixture, 2)
    clock.advance(3 * HOUR)
    const [fine] = await join(fixture, 1, 'fine')
    dead.account.revoke()
    const ids = [fine.id, stale.id, dead.id]
    const looked = await engine.tokenValidation.validate({ organizationId, ids, autoRefresh: false })
    assert.deepEqual(looked.valid_connection_ids, [fine.id])
    assert.equal(stale.account.refreshes, 0)
    const report = await engine.tokenValidation.validate({ organizationId, ids, autoRefresh: true })
    assert.deepEqual(report.valid_connection_ids, [fine.id, stale.id])
    assert.deepEqual(
      report.results.map(({ valid, reason }) => [valid, reason]),
      [
        [true, 'valid'],
        [true, 'refreshed'],
        [false, 'rejected'],
      ]
    )
  })

  test('X5: schedule, command, API and page run a job through one path, as runs that differ by who asked', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const triggers = ['schedule', 'command', 'api', 'ui'] as const
    for (const trigger of triggers.filter((one) => one !== 'api'))
      await run(fixture, 'auto-token-refresh', trigger)
    await lendToApplication((work) => context.cleanup(work), fixture)
    const program = await anApiCaller({ organizationId: fixture.organizationId, abilities: ['runs:write'] })
    const answer = await program.post('/jobs/auto-token-refresh/runs?wait=true')
    assert.deepEqual([answer.status, answer.body.message], [200, 'No tokens require refreshing'])
    const runs = await Run.query().where('job', 'auto-token-refresh').orderBy('created_at').orderBy('id')
    assert.sameMembers(
      runs.map(({ trigger }) => trigger),
      [...triggers]
    )
    assert.isTrue(runs.every(({ state }) => state === 'finished'))
  })

  test('X5: the table of jobs says last and next run; a paused job is not begun by the schedule, by hand it still runs', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const { engine, organizationId, clock } = fixture
    const job = async () =>
      (await engine.jobs.list(organizationId)).find(({ name }) => name === 'auto-token-refresh')
    assert.equal((await job())?.nextAt, clock.now() + HOUR)
    assert.deepEqual(await engine.jobs.pause(organizationId, 'auto-token-refresh', 'Ada'), { ok: true })
    assert.containSubset(await job(), { nextAt: null, pausedBy: 'Ada', pausedAt: clock.now() })
    clock.advance(HOUR)
    await engine.jobScheduler.tick()
    await engine.jobs.idle()
    assert.lengthOf(await Run.query().where('job', 'auto-token-refresh'), 0)
    await run(fixture, 'auto-token-refresh', 'ui')
    assert.equal((await job())?.lastRun?.trigger, 'ui')
    await engine.jobs.resume(organizationId, 'auto-token-refresh')
    clock.advance(HOUR)
    await engine.jobScheduler.tick()
    await engine.jobs.idle()
    const scheduled = Run.query().where({ job: 'auto-token-refresh', trigger: 'schedule' })
    assert.lengthOf(await scheduled, 1)
  })
})

test.group('X6 and X7: messages and signed calls', (group) => {
  group.each.timeout(20_000)

  test('X6: a grant that ends soon is told with title, urgency and a link to the account', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const id = await fixture.consent('meta')
    const { person, tell } = await featureListeners(context, fixture)
    const operator = await person('operator')
    fixture.clock.advance(54 * DAY)
    await fixture.engine.refresh.refreshOne(id, { kind: 'scheduled' })
    assert.equal(await fixture.engine.deadlines.write(), 1)
    assert.equal(await fixture.engine.deadlines.write(), 0)
    for (let look = 0; look < 2; look++) await tell()
    const messages = operator.shown()
    assert.isTrue(messages.some(({ title }) => title.startsWith('Access ends Jan 20')))
    assert.isTrue(messages.some(({ title }) => title.startsWith('Not extended')))
    assert.lengthOf(messages, 2)
    for (const { link } of messages) assert.equal(new URL(link).pathname, `/accounts/${id}`)
    const events = await fixture.events()
    assert.deepEqual(
      events.map(({ name, severity, dispatched_at: sent }) => [name, severity, sent !== null]),
      [
        ['connection.connected', 'normal', true],
        ['connection.expiring', 'high', true],
        ['connection.expiring', 'high', true],
      ]
    )
  })

  test('X6: accounts that fail for one cause are one message that names them; a suspended one is another', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const { engine, clock } = fixture
    const accounts = await join(fixture, 4)
    const { person, tell, notifications } = await featureListeners(context, fixture)
    const operator = await person('operator')
    const [suspended, ...refused] = accounts
    suspended.account.say('suspended')
    await run(fixture, 'comprehensive-token-refresh')
    for (const { account } of refused) account.say('dead')
    for (let strike = 0; strike < 2; strike++) {
      for (const { id } of refused) await engine.refresh.refreshOne(id, { kind: 'manual' })
      clock.advance(15 * MINUTE)
    }
    await tell()
    assert.lengthOf(operator.shown(), 2)
    const { items } = await notifications.inbox.list(operator)
    assert.sameDeepMembers(
      items.map(({ matter }) => [
        matter.event,
        matter.severity,
        matter.accounts.map(({ name }) => name).toSorted(),
      ]),
      [
        ['connection.deactivated', 'urgent', refused.map(({ account }) => account.name)],
        ['connection.suspended', 'urgent', [suspended.account.name]],
      ]
    )
  })

  test('X7: an OAuth 1.0a account is tested by a signed call and never refreshed', async (context) => {
    const { assert } = context
    const { fixture, accounts, id } = await signing(context)
    const before = await fixture.row(id)
    assert.deepInclude(before, { token_type: 'oauth1a', token_expires_at: null, next_refresh_at: null })
    assert.notInclude(String(before.token_secret), 'token-secret')
    const found = await fixture.engine.verification.verify(id, { autoRefresh: true, profile: true })
    assert.deepInclude(found, { state: 'valid', reason: 'valid' })
    assert.deepEqual(
      accounts.asked.map(({ method, path }) => [method, path]),
      [['GET', '/2/users/me']]
    )
    const outcome = await fixture.engine.refresh.refreshOne(id, { kind: 'manual', force: true })
    assert.deepInclude(outcome, { status: 'skipped', reason: 'no_refresh_path' })
    fixture.clock.advance(365 * DAY)
    assert.deepEqual(await fixture.engine.refresh.refreshDue(), { refreshed: 0, failed: 0 })
  })
})

test.group('X8: operating figures', (group) => {
  group.each.timeout(20_000)

  test('X8: success rate, error rate and durations are told per provider and job, and what passes its limit opens an alert', async (context) => {
    const { assert } = context
    const fixture = await fleet(context)
    const { engine, organizationId, clock } = fixture
    const accounts = await join(fixture, 40)
    for (const { account } of accounts.slice(0, 4)) account.say('false_revocation')
    clock.advance(HOUR + MINUTE)
    const from = clock.now()
    await run(fixture, 'auto-token-refresh')
    clock.advance(10 * MINUTE)
    await engine.figures.rollUp()
    const report = await engine.figures.figures(organizationId, { from, to: clock.now() })
    const expected = { attempts: 40, success: 36, failed: 4, successRate: 0.9, errorRate: 0.1 }
    assert.deepInclude(report.total, expected)
    assert.isNumber(report.total.meanMs)
    assert.isNumber(report.total.p95Ms)
    assert.containSubset(report.providers, [{ name: 'x', ...expected }])
    assert.containSubset(report.jobs, [{ name: 'auto-token-refresh', ...expected }])
    assert.isAbove((await engine.alerts.look()).opened, 0)
    const rules = (await fixture.events())
      .filter(({ name }) => name === 'figures.alert')
      .map(({ data }) => (JSON.parse(data) as { rule: string }).rule)
    assert.includeMembers(rules, ['success_rate', 'error_rate'])
  })
})

/** An OAuth 1.0a account of X, whose API checks signatures itself. */
async function signing({ cleanup }: TestContext) {
  const accounts = await AccountServer.start((work) => cleanup(work))
  accounts.on('/2/users/me', (request) => {
    const url = new URL(`${request.url.pathname}${request.url.search}`, 'https://api.x.com')
    return isSigned({ ...request, url }, 'consumer-secret&token-secret')
      ? { body: { data: { id: 'ana', username: 'ana', name: 'Ana' } } }
      : { status: 401, body: { title: 'Unauthorized', status: 401 } }
  })
  const consumer = { client_id: 'consumer-key', client_secret: new Secret('consumer-secret') }
  const clock = new TestClock()
  const real = createTransport({ clock })
  const here = (url: string) => url.replace('https://api.x.com', accounts.origin)
  const fixture = await contractFixture((work) => cleanup(work), {
    clock,
    providers: new ProviderRegistry([xProvider(consumer)]),
    transport: {
      send: (request, options) =>
        real.send({ ...request, url: here(request.url) }, { ...options, allowPrivate: true }),
      close: () => real.close(),
    },
  })
  const { connectionId: id } = await fixture.engine.connections.importOne(fixture.organizationId, {
    provider: 'x',
    owner: 'ana',
    providerAccountId: 'ana',
    username: 'ana',
    accessToken: new Secret('access-token'),
    refreshToken: null,
    tokenSecret: new Secret('token-secret'),
    tokenType: 'oauth1a',
    tokenExpiresAt: null,
    scopes: [],
    config: {},
    tags: [],
  })
  return { fixture, accounts, id }
}
