/** The rules M1 to M6: user and page tokens of Meta. Each test is named after its rule. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@japa/runner'
import jobSettings from '#config/jobs'
import Connection from '#models/connection'
import type { RefreshKind } from '#token_refresh/types'
import { featureFixture, type FeatureFixture } from '#tests/helpers/feature_fixture'
import { ace, endWhatIsLeft, FOLDER, migrated } from '#tests/helpers/processes'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR
/** What Meta calls sixty days. */
const LONG = 5_183_944_000

/** A person at Meta with two pages. */
async function person(context: Parameters<typeof featureFixture>[0]) {
  const fixture = await featureFixture(context, { engine: { jobSettings } })
  const vendor = fixture.simulator.vendor('meta')
  const account = vendor.account(vendor.consenting)
  account.addChild('p1', 'Bakery')
  account.addChild('p2', 'Brewery')
  const id = await fixture.consent('meta')
  return { fixture, vendor, account, id }
}

const pagesOf = (id: string) => Connection.query().where('parent_id', id).orderBy('provider_account_id')

async function pageTokens(fixture: FeatureFixture, id: string) {
  const pages = await pagesOf(id)
  return Promise.all(pages.map((page) => fixture.stored(page.id, 'access_token')))
}

test.group('M1 to M3: tokens of people and pages', (group) => {
  group.each.timeout(20_000)

  test('M1: the short-lived token of the consent is exchanged at once for the one of sixty days', async (context) => {
    const { assert } = context
    const { fixture, vendor, account, id } = await person(context)
    const stored = await fixture.stored(id, 'access_token')
    assert.isTrue(vendor.token(stored ?? '', 'access')?.longLived)
    assert.equal((await fixture.row(id)).token_expires_at, NOW + LONG)
    const short = account.tokens.find(({ longLived }) => !longLived)
    assert.isDefined(short)
    assert.notEqual(stored, short?.value)
  })

  test('M2: the daily run exchanges what ends within seven days, and fetches the tokens of its pages again', async (context) => {
    const { assert } = context
    const { fixture, account, id } = await person(context)
    const before = await pageTokens(fixture, id)
    assert.lengthOf(before, 2)
    account.say('extended')
    fixture.clock.advance(50 * DAY)
    await daily(fixture)
    assert.equal(account.refreshes, 1)
    fixture.clock.advance(4 * DAY)
    await daily(fixture)
    assert.equal(account.refreshes, 2)
    assert.equal((await fixture.row(id)).token_expires_at, fixture.clock.now() + LONG)
    const after = await pageTokens(fixture, id)
    assert.lengthOf(after, 2)
    for (const [index, token] of after.entries()) assert.notEqual(token, before[index])
    for (const page of await pagesOf(id)) assert.isNull(page.nextRefreshAt)
  })

  test('M2: an exchange that extends nothing is recorded, the old token is not presented as renewed, and the person is asked in time', async (context) => {
    const { assert } = context
    const { fixture, id } = await person(context)
    const end = (await fixture.row(id)).token_expires_at
    fixture.clock.advance(54 * DAY)
    await daily(fixture)
    const row = await fixture.row(id)
    assert.deepInclude(row, { status: 'connected', status_reason: 'not_extended' })
    assert.closeTo(Number(row.token_expires_at), Number(end), 1_000)
    const [attempt] = (await fixture.attempts(id)).slice(-1)
    assert.deepInclude(attempt, { transition: 'not_extended' })
    assert.isFalse(fixture.lines.some((line) => line.includes('] refreshed')))
    assert.equal(await fixture.engine.deadlines.write(), 1)
    assert.containSubset(await fixture.events(), [{ name: 'connection.expiring', severity: 'high' }])
  })

  test('M3: every attempt is in the log with its kind, its outcome and both expiries', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { id, account } = await fixture.join('x', 'fleet')
    const kinds: RefreshKind[] = ['scheduled', 'manual', 'on_demand', 'grant', 'health_check', 'test']
    for (const kind of kinds) {
      fixture.clock.advance(HOUR)
      await fixture.engine.refresh.refreshOne(id, { kind })
    }
    account.say('unavailable')
    fixture.clock.advance(HOUR)
    await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
    const log = await fixture.attempts(id)
    assert.deepEqual(
      log.map(({ kind, outcome }) => [kind, outcome]),
      [...kinds.map((kind) => [kind, 'success']), ['manual', 'failed']]
    )
    for (const [index, { old_expires_at: old, new_expires_at: fresh }] of log.entries()) {
      const at = NOW + (index + 1) * HOUR
      assert.equal(old, at + HOUR)
      assert.equal(fresh, index < kinds.length ? at + 2 * HOUR : null)
    }
  })
})

test.group('M3: what the log can be asked', (group) => {
  group.each.timeout(20_000)

  test('M3: the log tells what was tried last, what failed, and the success rate per kind', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, organizationId, clock } = fixture
    const { id, account } = await fixture.join('x', 'fleet')
    const from = clock.now()
    for (const kind of ['manual', 'manual', 'on_demand', 'manual'] as const) {
      clock.advance(HOUR)
      if (clock.now() === from + 4 * HOUR) account.say('false_revocation')
      await engine.refresh.refreshOne(id, { kind })
    }
    const recent = await engine.log.recent(organizationId, {}, { size: 3 })
    assert.deepEqual(
      recent.entries.map(({ kind, outcome }) => [kind, outcome]),
      [
        ['manual', 'failed'],
        ['on_demand', 'success'],
        ['manual', 'success'],
      ]
    )
    assert.isNotNull(recent.next)
    const failed = await engine.log.failed(organizationId)
    assert.deepEqual(
      failed.entries.map(({ connectionId, reason, newExpiresAt }) => [connectionId, reason, newExpiresAt]),
      [[id, 'rejected', null]]
    )
    const rates = await engine.log.successRates(organizationId, { from, to: clock.now() + 1 })
    assert.sameDeepMembers(rates, [
      { provider: 'x', kind: 'manual', attempts: 3, success: 2, failed: 1, successRate: 2 / 3 },
      { provider: 'x', kind: 'on_demand', attempts: 1, success: 1, failed: 0, successRate: 1 },
    ])
  })

  test('M3: attempts go with age, so that the log stays bounded', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, clock } = fixture
    const { id } = await fixture.join('x', 'fleet')
    await engine.refresh.refreshOne(id, { kind: 'manual' })
    clock.advance(400 * DAY)
    await engine.refresh.refreshOne(id, { kind: 'manual' })
    assert.lengthOf(await fixture.attempts(id), 2)
    await engine.figures.rollUp()
    const { attempts } = await engine.retention.prune()
    assert.equal(attempts, 1)
    assert.deepInclude((await fixture.attempts(id))[0], { old_expires_at: NOW + 2 * HOUR })
  })
})

test.group('M4 to M6: trying out, running, and Instagram', (group) => {
  group.each.timeout(60_000)
  group.each.teardown(() => {
    const left = endWhatIsLeft()
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  })
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('M4: a dry run says what would be done and changes nothing', async (context) => {
    const { assert } = context
    const { fixture, account, id } = await person(context)
    fixture.clock.advance(54 * DAY)
    const before = { ...(await fixture.row(id)) }
    const report = await fixture.engine.runs.run({
      ...{ job: 'token:refresh', kind: 'manual', trigger: 'command', concurrency: 5, dryRun: true },
      selection: { organizationId: fixture.organizationId, provider: 'meta' },
    })
    assert.containSubset(report, { dry_run: true, run_id: null, refreshed: 0, failed: 0 })
    assert.deepEqual(
      report?.results.map(({ connection_id: one, status }) => [one, status]),
      [[id, 'would_refresh']]
    )
    assert.deepEqual({ ...(await fixture.row(id)) }, before)
    assert.equal(account.refreshes, 1)
    assert.lengthOf(await fixture.attempts(id), 0)
  })

  test('M4: a simulated run takes the whole path against no provider, leaves the connections as they were and logs kind test', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const { engine, organizationId, clock } = fixture
    const fine = await fixture.join('x', 'fine')
    const sick = await fixture.join('x', 'sick')
    await Connection.query().where('id', sick.id).update({ refresh_token: 'v1:k1:unreadable' })
    clock.advance(90 * 60_000)
    const before = await Connection.query().orderBy('id').pojo()
    const report = await engine.rehearsals.run({
      ...{ job: 'token:refresh', kind: 'test', trigger: 'command', concurrency: 5 },
      selection: { organizationId },
    })
    assert.deepInclude(report, { kind: 'test', total: 2, failed: 1 })
    assert.deepEqual(await Connection.query().orderBy('id').pojo(), before)
    assert.equal(fixture.busiest(), 0)
    assert.equal(fine.account.refreshes, 0)
    for (const { id } of [fine, sick])
      assert.deepEqual(
        (await fixture.attempts(id)).map(({ kind }) => kind),
        ['test']
      )
  })

  test('M4: the exit status of a simulated run tells failure', async ({ assert }) => {
    const env = await migrated()
    assert.equal((await ace(['token:refresh', '--simulate'], env).ended).code, 0)
    const lines = join(FOLDER, 'accounts.ndjson')
    const account = {
      provider: 'twitch',
      owner: 'ana',
      provider_account_id: '1',
      token_expires_at: '2026-01-01T00:00:00Z',
    }
    writeFileSync(lines, JSON.stringify({ ...account, access_token: 'at', refresh_token: 'rt' }))
    assert.equal((await ace(['connection:import', lines], env).ended).code, 0)
    // Nobody has registered a client at Twitch here.
    const failed = await ace(['token:refresh', '--simulate', '--all', '--json'], env).ended
    assert.equal(failed.code, 3, failed.stderr)
    assert.containSubset(JSON.parse(failed.stdout), { kind: 'test', total: 1, failed: 1 })
  })

  test('M5: the schedule runs in a process of its own that stops in order, or job by job as cron and timers call it', async ({
    assert,
  }) => {
    const env = await migrated({ SCHEDULER_ENABLED: 'false' })
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const worker = ace(['scheduler:work'], env)
      await worker.saw(/\[Scheduler\] Token refresh scheduler started/)
      const { code, signal: by } = await worker.stop(signal)
      assert.deepEqual([code, by], [0, null])
    }
    const once = await ace(['job:run', 'meta-cycle', '--json'], env).ended
    assert.equal(once.code, 0, once.stderr)
    assert.containSubset(JSON.parse(once.stdout), { success: true, message: 'No tokens require refreshing' })
    assert.equal((await ace(['job:run', 'no-such-job'], env).ended).code, 2)
  })

  test('M6: an Instagram token is renewed by itself, and never before it is a day old', async (context) => {
    const { assert } = context
    const fixture = await featureFixture(context)
    const id = await fixture.consent('instagram')
    const vendor = fixture.simulator.vendor('instagram')
    const account = vendor.account(vendor.consenting)
    const exchanges = account.refreshes
    fixture.clock.advance(DAY - 1)
    const early = await fixture.engine.refresh.refreshOne(id, { kind: 'manual', force: true })
    assert.deepInclude(early, { status: 'skipped', reason: 'too_young', retryAt: NOW + DAY })
    assert.equal(account.refreshes, exchanges)
    fixture.clock.advance(1)
    const renewed = await fixture.engine.refresh.refreshOne(id, { kind: 'manual' })
    assert.equal(renewed.status, 'refreshed')
    assert.equal((await fixture.row(id)).token_expires_at, fixture.clock.now() + LONG)
    assert.equal(account.refreshes, exchanges + 1)
  })
})

async function daily({ engine, organizationId }: FeatureFixture): Promise<void> {
  const outcome = await engine.jobs.run('meta-cycle', { organizationId, trigger: 'schedule', actor: null })
  if (!('result' in outcome) || outcome.error) throw new Error(JSON.stringify(outcome))
}
