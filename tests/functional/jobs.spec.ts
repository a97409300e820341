import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import Run from '#models/run'
import type { Engine, EngineOptions } from '#services/build_engine'
import { failAbandonedRuns } from '#services/jobs/abandoned_runs'
import type { JobSettings } from '#services/jobs/job_table'
import { awaitRun } from '#services/jobs/await_run'
import type { Job, JobOutcome, JobWork, Started } from '#services/jobs/job_types'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { accountOf, verificationFixture, type VerificationFixture } from '#tests/helpers/verification_fixture'
import { json } from '#tests/helpers/token_server'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
const LATER = { token_expires_at: NOW + 12 * HOUR, next_refresh_at: NOW + 11 * HOUR }
const SOON = { token_expires_at: NOW + 40 * MINUTE, next_refresh_at: NOW + 35 * MINUTE }
const LAPSED = { token_expires_at: NOW - MINUTE, next_refresh_at: NOW + HOUR, status: 'token_expired' }
const BY_HAND = { organizationId: ORGANIZATION, trigger: 'command' as const }

const WORK: Record<string, JobWork> = {
  'auto-token-refresh': { type: 'refresh', due: { within: HOUR }, concurrency: 5 },
  'refresh-expired-tokens': { type: 'refresh', due: 'expired', concurrency: 5 },
  'comprehensive-token-refresh': { type: 'verify', which: 'all', concurrency: 3, spacing: 0 },
  'daily-health-check': { type: 'verify', which: 'not_refreshed', concurrency: 3, spacing: 0 },
  'token-validation': { type: 'verify', which: 'in_use', concurrency: 3, spacing: 0 },
  'deliveries': { type: 'deliver' },
}

const SCHEDULES: Record<string, string[]> = {
  'auto-token-refresh': ['0 * * * *'],
  'refresh-expired-tokens': ['0 2 * * *'],
  'comprehensive-token-refresh': ['0 3 * * 0'],
  'daily-health-check': ['30 2 * * *'],
}

/** The table as the configuration has it, in a zone whose clocks change. */
function settings(timeZone = 'UTC'): JobSettings {
  const jobs = Object.entries(WORK).map(([name, work]): Job => ({
    name,
    title: name,
    description: name,
    schedule: SCHEDULES[name] ?? [],
    timeZone,
    work,
  }))
  const sweep: Job = { ...jobs[0], name: 'due-sweep', schedule: [], work: { type: 'tick', every: SECOND } }
  const retention: Job = { ...sweep, name: 'retention', work: { type: 'prune' } }
  return { jobs: [...jobs, retention, sweep], cycles: { schedules: {}, timeZone, concurrency: 5 } }
}

/** The tests of one database; the models follow the engine there. */
async function world(
  dialect: Dialect,
  context: { cleanup: (work: () => Promise<void>) => void },
  options: Partial<EngineOptions> = {},
  provider: Parameters<typeof verificationFixture>[2] = {}
): Promise<VerificationFixture & { process: () => Promise<Engine> }> {
  const fixture = await verificationFixture(dialect, (work) => context.cleanup(work), provider)
  const { accounts, refused, server } = fixture
  const account = (token: string) => server.accountOf(token) ?? accountOf(token)
  for (const path of ['/validate', '/me'])
    accounts.on(path, ({ token }) =>
      refused.has(token) ? { status: 401, body: {} } : { body: { id: account(token), client_id: 'client' } }
    )
  const primary = db.primaryConnectionName
  if (dialect === 'postgres') db.primaryConnectionName = 'test_pg'
  context.cleanup(async () => void (db.primaryConnectionName = primary))
  /** An engine that is registered as a process. */
  const process = async () => {
    const engine = fixture.sibling({ jobSettings: settings(), ...options })
    await engine.recover()
    return engine
  }
  return { ...fixture, process }
}

function outcomeOf(found: JobOutcome | Started): JobOutcome {
  if (!('state' in found)) throw new Error(JSON.stringify(found))
  return found
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`Jobs | ${dialect}`, (group) => {
    group.each.timeout(60_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('X1 refreshes what expires within an hour and tells it in its own JSON', async (context) => {
      const { assert } = context
      const { connect, process, row } = await world(dialect, context)
      const ids = [await connect('ana', SOON), await connect('bob', LAPSED), await connect('cy', LATER)]
      const { jobs } = await process()
      const { result, runId, state } = outcomeOf(await jobs.run('auto-token-refresh', BY_HAND))
      assert.equal(state, 'finished')
      const told = result as Extract<typeof result, { success: boolean }>
      const { results, ...rest } = told
      assert.deepEqual(rest, {
        success: true,
        message: 'Refreshed 2 tokens',
        refreshed: 2,
        failed: 0,
        skipped: 0,
      })
      assert.sameDeepMembers(results, [
        { account_id: ids[0], username: 'ana', status: 'success' },
        { account_id: ids[1], username: 'bob', status: 'success' },
      ])
      assert.equal(Number((await row(ids[0])).refresh_count), 1)
      const run = await Run.findOrFail(runId)
      assert.deepEqual(run.summary, rest)
      assert.containSubset(run.serialize(), {
        job: 'auto-token-refresh',
        total: 2,
        refreshed: 2,
        trigger: 'command',
      })
      const again = outcomeOf(await jobs.run('auto-token-refresh', BY_HAND))
      assert.containSubset(again.result, {
        success: true,
        message: 'No tokens require refreshing',
        results: [],
      })
    })

    test('X2 refreshes what has expired, and a refusal is told as failed', async (context) => {
      const { assert } = context
      const { connect, process, server } = await world(dialect, context)
      const ids = [await connect('ana', SOON), await connect('bob', LAPSED), await connect('cy', LAPSED)]
      ids.push(await connect('dee', { ...LAPSED, refresh_token: null }))
      server.revoke('cy')
      const { jobs } = await process()
      const { result, findings, runId } = outcomeOf(await jobs.run('refresh-expired-tokens', BY_HAND))
      assert.equal(findings, 1)
      const told = result as Extract<typeof result, { success: boolean }>
      assert.containSubset(told, { message: 'Refreshed 1 tokens', refreshed: 1, failed: 1, skipped: 1 })
      assert.sameDeepMembers(told.results, [
        { account_id: ids[1], username: 'bob', status: 'success' },
        { account_id: ids[2], username: 'cy', status: 'failed' },
        { account_id: ids[3], username: 'dee', status: 'skipped' },
      ])
      const seenElsewhere = await awaitRun(
        runId,
        async () => {},
        () => false
      )
      assert.deepEqual(seenElsewhere.result, result, 'who joined the run hears the same')
    })

    test('X3 tests every account, the daily check those without a refresh in a day', async (context) => {
      const { assert } = context
      const { connect, process, refused } = await world(dialect, context)
      await connect('ana', LATER)
      await connect('bob', { ...LATER, last_token_refresh_at: NOW - 30 * HOUR })
      await connect('cy', LATER)
      refused.add('first-cy')
      const { jobs } = await process()
      const daily = outcomeOf(await jobs.run('daily-health-check', BY_HAND))
      assert.containSubset(daily.result, { stats: { total: 1, valid: 1, connection_passed: 1 } })
      const { result } = outcomeOf(await jobs.run('comprehensive-token-refresh', BY_HAND))
      assert.deepEqual(result, {
        stats: {
          ...{ total: 3, valid: 2, expired_refreshed: 1, invalid: 0, suspended: 0, untested: 0 },
          connection_passed: 3,
        },
      })
    })

    test('regular validation by hand tests what is in use, and nothing else', async (context) => {
      const { assert } = context
      const demanding = { validationInterval: '1h', refresh: { keepAlive: 'while_authorized' } } as const
      const { connect, process, run, row } = await world(dialect, context, {}, demanding)
      const ids = [await connect('ana', LATER), await connect('bob', LATER), await connect('cy', LATER)]
      await run('UPDATE connections SET keep_alive_until = ?t WHERE id = ?', [NOW + HOUR, ids[0]])
      await run("UPDATE connections SET keep_alive = 'always' WHERE id = ?", [ids[1]])
      const { jobs } = await process()
      const { result } = outcomeOf(await jobs.run('token-validation', BY_HAND))
      assert.containSubset(result, { stats: { total: 2, valid: 2, connection_passed: 2 } })
      const tested = await Promise.all(ids.map(async (id) => (await row(id)).last_validated_at !== null))
      assert.deepEqual(tested, [true, true, false])
    })

    test('deliveries by hand are a run that tells how many messages it took up', async (context) => {
      const { assert } = context
      const { connect, process } = await world(dialect, context, { deliver: async () => 3 })
      await connect('ana', LATER)
      const { jobs } = await process()
      const { result, state, runId } = outcomeOf(await jobs.run('deliveries', BY_HAND))
      assert.deepEqual([state, result], ['finished', { sent: 3 }])
      assert.deepEqual((await Run.findOrFail(runId)).summary, { sent: 3 })
    })

    test('two processes for a day on which clocks change: each time of each schedule is run once', async (context) => {
      const { assert } = context
      const timeZone = 'America/New_York'
      const { connect, process, clock } = await world(dialect, context, { jobSettings: settings(timeZone) })
      await connect('ana', LATER)
      const start = Date.UTC(2027, 2, 14, 4, 59)
      clock.advance(start - clock.now())
      await db.from('organizations').update({ created_at: dialect === 'postgres' ? new Date(start) : start })
      const processes = [await process(), await process()]
      for (let minute = 0; minute <= 24 * 60; minute += 5) {
        await Promise.all(processes.map(({ jobScheduler }) => jobScheduler.tick()))
        await Promise.all(processes.map(({ jobs }) => jobs.idle()))
        clock.advance(5 * MINUTE)
      }
      const runs = await Run.query().orderBy('scheduled_for')
      const timesOf = (job: string) =>
        runs.filter((run) => run.job === job).map(({ scheduledFor }) => scheduledFor?.toISO()?.slice(0, 16))
      const hours = Array.from({ length: 24 }, (_, hour) => {
        return new Date(Date.UTC(2027, 2, 14, 5 + hour)).toISOString().slice(0, 16)
      })
      assert.deepEqual(timesOf('auto-token-refresh'), hours)
      // Half past two does not exist on this day; it happens at three, which is seven o'clock in UTC, as do two and three.
      assert.deepEqual(timesOf('refresh-expired-tokens'), ['2027-03-14T07:00'])
      assert.deepEqual(timesOf('daily-health-check'), ['2027-03-14T07:00'])
      assert.deepEqual(timesOf('comprehensive-token-refresh'), ['2027-03-14T07:00'])
      assert.deepEqual([...new Set(runs.map(({ state }) => state))], ['finished'])
    })

    test('what was missed while nobody ran is made up for once, by whoever comes first', async (context) => {
      const { assert } = context
      const { connect, process, clock } = await world(dialect, context)
      await connect('ana', LATER)
      clock.advance(20 * HOUR + 7 * MINUTE)
      const processes = [await process(), await process()]
      for (let tick = 0; tick < 3; tick++) {
        await Promise.all(processes.map(({ jobScheduler }) => jobScheduler.tick()))
        await Promise.all(processes.map(({ jobs }) => jobs.idle()))
      }
      const runs = await Run.query().orderBy('job')
      const made = runs.map(({ job, scheduledFor }) => [job, scheduledFor?.toISO()?.slice(0, 16)])
      assert.deepEqual(made, [
        ['auto-token-refresh', '2026-11-22T08:00'],
        ['comprehensive-token-refresh', '2026-11-22T03:00'],
        ['daily-health-check', '2026-11-22T02:30'],
        ['refresh-expired-tokens', '2026-11-22T02:00'],
      ])
    })

    test('a paused job rests, can be run by hand, and owes nothing of its pause', async (context) => {
      const { assert } = context
      const { connect, process, clock } = await world(dialect, context)
      await connect('ana', LATER)
      const { jobs, jobScheduler } = await process()
      const tick = async (time: number) => {
        clock.advance(time)
        await jobScheduler.tick()
        await jobs.idle()
        return (await Run.query().where('job', 'auto-token-refresh')).length
      }
      assert.deepEqual(await jobs.pause(ORGANIZATION, 'auto-token-refresh', 'ana@example.org'), { ok: true })
      assert.deepEqual(await jobs.pause(ORGANIZATION, 'auto-token-refresh', 'bob@example.org'), { ok: true })
      assert.equal(await tick(HOUR), 0)
      const [paused] = await jobs.list(ORGANIZATION)
      assert.containSubset(paused, {
        pausedAt: NOW,
        pausedBy: 'ana@example.org',
        nextAt: null,
        lastRun: null,
      })
      assert.equal(outcomeOf(await jobs.run('auto-token-refresh', BY_HAND)).state, 'finished')
      await jobs.resume(ORGANIZATION, 'auto-token-refresh')
      assert.equal(await tick(MINUTE), 1)
      assert.equal(await tick(HOUR), 2)
      const [resumed] = await jobs.list(ORGANIZATION)
      assert.containSubset(resumed, { pausedAt: null, pausedBy: null, nextAt: NOW + 3 * HOUR })
      assert.equal(resumed.lastRun?.trigger, 'schedule')
    })

    test('a job never overlaps itself: by hand one joins, a scheduled time waits for its turn', async (context) => {
      const { assert } = context
      const { connect, process, accounts, clock } = await world(dialect, context)
      await connect('ana', LATER)
      const [one, other] = [await process(), await process()]
      const gate = Promise.withResolvers<void>()
      const asked = Promise.withResolvers<void>()
      accounts.on('/validate', async () => {
        asked.resolve()
        await gate.promise
        return { body: { id: 'ana', client_id: 'client' } }
      })
      const first = await one.jobs.start('comprehensive-token-refresh', BY_HAND)
      await asked.promise
      const second = await other.jobs.start('comprehensive-token-refresh', BY_HAND)
      assert.isTrue(first.ok && second.ok && second.joined && second.runId === first.runId)
      const scheduled = { ...BY_HAND, trigger: 'schedule' as const, scheduledFor: clock.now() }
      assert.containSubset(await other.jobs.start('comprehensive-token-refresh', scheduled), {
        reason: 'busy',
      })
      gate.resolve()
      if (first.ok) await first.ended()
      assert.equal(
        outcomeOf(await other.jobs.run('comprehensive-token-refresh', scheduled)).state,
        'finished'
      )
      const third = await one.jobs.start('comprehensive-token-refresh', scheduled)
      assert.containSubset(third, { ok: false, reason: 'begun_before' })
      assert.lengthOf(await Run.all(), 2)
    })

    test('a run is cancelled from another process: what is in flight is saved, the rest is not begun', async (context) => {
      const { assert } = context
      const { connect, process, accounts, clock } = await world(dialect, context)
      for (let account = 0; account < 9; account++) await connect(`account-${account}`, LATER)
      const [one, other] = [await process(), await process()]
      let tested = 0
      const reached = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      accounts.on('/validate', async ({ token }) => {
        if (++tested === 3) reached.resolve()
        await gate.promise
        return { body: { id: token.replace('first-', ''), client_id: 'client' } }
      })
      const started = await one.jobs.start('comprehensive-token-refresh', BY_HAND)
      await reached.promise
      const runId = started.ok ? started.runId : ''
      assert.deepEqual(await other.jobs.cancel(ORGANIZATION, runId), { ok: true })
      assert.deepEqual(await other.jobs.cancel(ORGANIZATION, runId), { ok: true })
      clock.advance(2 * SECOND)
      gate.resolve()
      const outcome = started.ok ? await started.ended() : null
      assert.equal(outcome?.state, 'cancelled')
      assert.equal(tested, 3)
      assert.containSubset(outcome?.result, { stats: { total: 3, valid: 3 } })
      assert.containSubset(await other.jobs.cancel(ORGANIZATION, runId), { ok: false, reason: 'over' })
      const stranger = '00000000-0000-7000-8000-00000000000b'
      assert.containSubset(await other.jobs.cancel(stranger, runId), { ok: false, reason: 'not_found' })
    })

    // Deliveries have a test of their own, with receivers.
    for (const name of Object.keys(WORK).filter((one) => one !== 'deliveries')) {
      test(`${name}: a process that is told to stop leaves nothing half done, the next goes on`, async (context) => {
        const { assert } = context
        const { connect, process, server, all } = await world(
          dialect,
          context,
          {},
          { validationInterval: '1h' }
        )
        const lapsed = { ...LAPSED, last_token_refresh_at: NOW - 30 * HOUR }
        for (let account = 0; account < 8; account++) await connect(`account-${account}`, lapsed)
        const reached = Promise.withResolvers<void>()
        const gate = Promise.withResolvers<void>()
        server.always(async (response, grant) => {
          reached.resolve()
          await gate.promise
          json(response, 200, grant())
        })
        const one = await process()
        const started = await one.jobs.start(name, BY_HAND)
        await reached.promise
        // As the end of a process does it; the fixture closes the rest.
        const stopped = Promise.all([one.jobs.stop(), one.refresh.drain()])
        gate.resolve()
        await stopped
        const outcome = started.ok ? await started.ended() : null
        assert.equal(outcome?.state, 'queued')
        const rows = await all('SELECT attempt_id, token_version, status FROM connections')
        const done = rows.filter(({ token_version: version }) => Number(version) === 2)
        assert.isTrue(done.length > 0 && done.length < 8, `${done.length} refreshed`)
        for (const { attempt_id: attempt } of rows) assert.isNull(attempt)
        for (const { status } of done) assert.equal(status, 'connected')
        const next = await process()
        await next.jobScheduler.tick()
        await next.jobs.idle()
        const [run, ...others] = await Run.all()
        assert.lengthOf(others, 0)
        assert.containSubset(run.serialize(), { id: outcome?.runId, job: name, state: 'finished' })
        assert.equal(server.refreshes.size, 8)
        assert.deepEqual([...new Set(server.refreshes.values())], [1])
      })
    }

    test('retention is a run whose figures are what it deleted', async (context) => {
      const { assert } = context
      const { connect, process } = await world(dialect, context)
      await connect('ana', LATER)
      const old = await Run.create({
        ...{
          organizationId: ORGANIZATION,
          job: 'retention',
          kind: 'manual',
          trigger: 'command',
          selection: {},
        },
        ...{ state: 'finished', createdAt: DateTime.fromMillis(NOW - 100 * 24 * HOUR) },
      })
      const { jobs } = await process()
      const { result, runId, state } = outcomeOf(await jobs.run('retention', BY_HAND))
      assert.deepEqual(result, { attempts: 0, runs: 1, events: 0, figures: 0, audit: 0 })
      assert.equal(state, 'finished')
      assert.deepEqual((await Run.findOrFail(runId)).summary, result)
      assert.isNull(await Run.find(old.id))
    })

    test('a run whose process died is marked as failed and frees its job', async (context) => {
      const { assert } = context
      const { connect, process, clock } = await world(dialect, context)
      await connect('ana', LATER)
      const engine = await process()
      const dead = {
        workerId: '00000000-0000-7000-8000-0000000000dd',
        runningKey: `${ORGANIZATION}/auto-token-refresh`,
      }
      const left = await Run.create({
        ...{
          organizationId: ORGANIZATION,
          job: 'auto-token-refresh',
          kind: 'scheduled',
          trigger: 'schedule',
        },
        ...{ selection: {}, state: 'running', ...dead },
      })
      assert.equal(await failAbandonedRuns(engine.workers, clock), 1)
      assert.equal(await failAbandonedRuns(engine.workers, clock), 0)
      await left.refresh()
      assert.containSubset(left.serialize(), { state: 'failed' })
      assert.match(left.error ?? '', /^The process that ran this ended/)
      assert.equal(outcomeOf(await engine.jobs.run('auto-token-refresh', BY_HAND)).state, 'finished')
    })
  })
}

test.group('Jobs | words', () => {
  test('an unknown job is named with those that exist; ticks have no runs and cannot be paused', async (context) => {
    const { assert } = context
    const { connect, process } = await world('sqlite', context)
    await connect('ana', LATER)
    const { jobs } = await process()
    const unknown = await jobs.run('nonsense', BY_HAND)
    assert.containSubset(unknown, { ok: false, reason: 'unknown_job' })
    assert.match(JSON.stringify(unknown), /no job \\"nonsense\\"\. These exist: auto-token-refresh, /)
    assert.containSubset(await jobs.run('due-sweep', BY_HAND), { ok: false, reason: 'not_runnable' })
    assert.containSubset(await jobs.pause(ORGANIZATION, 'due-sweep', 'ana'), { reason: 'not_runnable' })
    assert.containSubset(await jobs.pause(ORGANIZATION, 'nonsense', 'ana'), { reason: 'not_found' })
    const sweep = (await jobs.list(ORGANIZATION)).find(({ name }) => name === 'due-sweep')
    assert.containSubset(sweep, { kind: 'tick', controllable: false, every: SECOND, nextAt: null })
  })

  test('the configured table has the jobs, the cycles of providers and the ticks', async ({ assert }) => {
    const { jobs } = await app.container.make('engine')
    const names = [
      'auto-token-refresh',
      'refresh-expired-tokens',
      'comprehensive-token-refresh',
      'daily-health-check',
      'token-validation',
      'deliveries',
      'retention',
    ]
    assert.includeMembers(jobs.names(ORGANIZATION), [...names, 'twitch-cycle', 'meta-cycle'])
  })
})
