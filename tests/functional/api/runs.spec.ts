/** Jobs and runs by the API (X5), and what they leave behind: the refresh log (M3) and the figures (X8). */
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import api from '#config/api'
import jobSettings from '#config/jobs'
import { RunFactory } from '#database/factories/run_factory'
import Run from '#models/run'
import { endedWithin } from '#services/jobs/ended_within'
import { anApiCaller, lendToApplication, type ApiAnswer } from '#tests/helpers/api_caller'
import { emptyTables } from '#tests/helpers/database'
import { featureFixture } from '#tests/helpers/feature_fixture'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

const REFRESH = '/jobs/auto-token-refresh/runs'
const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]

/** A program, an engine with simulated vendors, and a second organization that must never be seen. */
async function scene(context: TestContext) {
  const fixture = await featureFixture(context, { engine: { jobSettings } })
  await lendToApplication((work) => context.cleanup(work), fixture)
  const caller = await anApiCaller({ organizationId: fixture.organizationId })
  return { fixture, caller, stranger: await anApiCaller() }
}

const idOf = ({ headers }: ApiAnswer) => headers.get('location')?.replace('/api/v1/runs/', '') ?? ''

test.group('API: jobs', (group) => {
  group.each.timeout(20_000)

  test('X1: ?wait=true answers with the job’s own JSON', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    const ana = await fixture.join('x', 'ana')
    fixture.clock.advance(HOUR + MINUTE)
    const answer = await caller.post(`${REFRESH}?wait=true`, {})
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, {
      success: true,
      message: 'Refreshed 1 tokens',
      refreshed: 1,
      failed: 0,
      skipped: 0,
      results: [{ account_id: ana.id, username: 'ana', status: 'success' }],
    })
    const again = await caller.post(`${REFRESH}?wait=true`, {})
    assert.deepInclude(again.body, { message: 'No tokens require refreshing', refreshed: 0, results: [] })
    const run = await Run.findOrFail(idOf(answer))
    const actor = `API key ${caller.apiKey.name}`
    assert.deepInclude(run.$attributes, { trigger: 'api', actor, state: 'finished', refreshed: 1 })
  })

  test('X3: comprehensive-token-refresh answers with its statistics', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    await fixture.join('x', 'ana')
    const answer = await caller.post('/jobs/comprehensive-token-refresh/runs?wait=true')
    assert.equal(answer.status, 200)
    const counts = { total: 1, valid: 1, expired_refreshed: 0, invalid: 0, suspended: 0, untested: 0 }
    assert.deepEqual(answer.body, { stats: { ...counts, connection_passed: 1 } })
  })

  test('without wait the run is answered at once, with where it can be looked at', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    await fixture.join('x', 'ana')
    fixture.clock.advance(HOUR + MINUTE)
    const answer = await caller.post(REFRESH)
    assert.equal(answer.status, 202)
    assert.deepInclude(answer.body, {
      id: idOf(answer),
      job: 'auto-token-refresh',
      trigger: 'api',
      joined: false,
    })
    await fixture.engine.jobs.idle()
    const { status, body } = await caller.get(`/runs/${idOf(answer)}`)
    assert.equal(status, 200)
    assert.deepInclude(body, { state: 'finished', refreshed: 1, total: 1, error: null })
    assert.containSubset(body.result, {
      success: true,
      message: 'Refreshed 1 tokens',
      results: [{ status: 'success' }],
    })
  })

  test('a run that takes longer than the caller may wait is a 202, and goes on', async (context) => {
    const { assert, cleanup } = context
    const { patience } = api
    cleanup(() => void (api.patience = patience))
    api.patience = 0
    const { fixture, caller } = await scene(context)
    const held = Promise.withResolvers<void>()
    const { run } = fixture.engine.runs
    fixture.engine.runs.run = async (request) => {
      await held.promise
      return run.call(fixture.engine.runs, request)
    }
    const answer = await caller.post(`${REFRESH}?wait=true`, {})
    assert.equal(answer.status, 202)
    assert.deepInclude(answer.body, { state: 'running', joined: false })
    const joined = await caller.post(`${REFRESH}?wait=true`, {})
    assert.deepEqual([joined.status, joined.body.joined, idOf(joined)], [202, true, idOf(answer)])
    held.resolve()
    await fixture.engine.jobs.idle()
    assert.equal((await caller.get(`/runs/${idOf(answer)}`)).body.state, 'finished')
  })

  test('a run that breaks off is a 500 that names the run', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    fixture.engine.runs.run = () => Promise.reject(new Error('SECRET-reason'))
    const answer = await caller.post(`${REFRESH}?wait=true`, {})
    assert.deepEqual(codeOf(answer), [500, 'run_failed'])
    assert.include(String(answer.body.detail), idOf(answer))
    assert.notInclude(answer.text, 'SECRET')
  })

  test('a job that does not exist, has no runs, or cannot begin is refused with its own code', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    assert.deepEqual(codeOf(await caller.post('/jobs/nonsense/runs', {})), [404, 'unknown_job'])
    const tick = jobSettings.jobs.find(({ work }) => work.type === 'tick')
    assert.deepEqual(codeOf(await caller.post(`/jobs/${tick?.name}/runs`, {})), [409, 'not_runnable'])
    await fixture.engine.jobs.stop()
    const stopping = await caller.post(REFRESH, {})
    assert.deepEqual(codeOf(stopping), [503, 'stopping'])
    assert.equal(stopping.headers.get('retry-after'), '5')
  })
})

test.group('API: idempotency keys', (group) => {
  group.each.timeout(20_000)

  test('the same request with the same key is answered the same, and done once', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    const keyed = { 'idempotency-key': 'order-1' }
    const first = await caller.post(REFRESH, {}, keyed)
    await fixture.engine.jobs.idle()
    const second = await caller.post(REFRESH, {}, keyed)
    assert.equal(first.status, 202)
    assert.deepEqual([second.status, second.body], [202, first.body])
    assert.equal(idOf(second), idOf(first))
    assert.equal(second.headers.get('idempotency-replayed'), 'true')
    assert.isNull(first.headers.get('idempotency-replayed'))
    assert.lengthOf(await Run.all(), 1)
    const waited = await caller.post(`${REFRESH}?wait=true`, {}, { 'idempotency-key': 'order-2' })
    const again = await caller.post(`${REFRESH}?wait=true`, {}, { 'idempotency-key': 'order-2' })
    assert.deepEqual(again.body, waited.body)
    assert.lengthOf(await Run.all(), 2)
  })

  test('another request with the same key is refused; another program’s keys are its own', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    const keyed = { 'idempotency-key': 'order-1' }
    await caller.post(REFRESH, {}, keyed)
    const other = await caller.post('/jobs/refresh-expired-tokens/runs', {}, keyed)
    assert.deepEqual(codeOf(other), [422, 'idempotency_key_reused'])
    const colleague = await anApiCaller({ organizationId: fixture.organizationId })
    assert.isNull((await colleague.post(REFRESH, {}, keyed)).headers.get('idempotency-replayed'))
    const unfit = await caller.post(REFRESH, {}, { 'idempotency-key': 'x'.repeat(256) })
    assert.deepEqual(codeOf(unfit), [422, 'idempotency_key_invalid'])
    await fixture.engine.jobs.idle()
  })

  test('while the first is under way the second is told to wait', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    const held = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const { run } = fixture.engine.runs
    fixture.engine.runs.run = async (request) => {
      entered.resolve()
      await held.promise
      return run.call(fixture.engine.runs, request)
    }
    const keyed = { 'idempotency-key': 'order-1' }
    const first = caller.post(`${REFRESH}?wait=true`, {}, keyed)
    await entered.promise
    const second = await caller.post(`${REFRESH}?wait=true`, {}, keyed)
    assert.deepEqual(codeOf(second), [409, 'idempotency_key_in_flight'])
    assert.equal(second.headers.get('retry-after'), '1')
    held.resolve()
    assert.equal((await first).status, 200)
  })

  test('a refusal uses up no key', async (context) => {
    const { assert } = context
    const { fixture, caller } = await scene(context)
    const keyed = { 'idempotency-key': 'order-1' }
    assert.equal((await caller.post(REFRESH, { wrong: true }, keyed)).status, 422)
    assert.equal((await caller.post('/jobs/nonsense/runs', {}, keyed)).status, 404)
    assert.equal((await caller.post(REFRESH, {}, keyed)).status, 202)
    await fixture.engine.jobs.idle()
  })
})

test.group('API: runs', (group) => {
  group.each.timeout(20_000)
  group.each.setup(() => emptyTables())

  test('the list goes through all pages and back, and is narrowed by state and job', async ({ assert }) => {
    const { organizationId, get } = await anApiCaller()
    const make = (values: Partial<Run>) => RunFactory.merge({ organizationId, ...values }).create()
    for (let index = 0; index < 55; index++) await make({ job: 'a', state: 'finished' })
    const failed = await make({ job: 'b', state: 'failed' })
    const seen = new Set<string>()
    const first = await get('/runs')
    for (let page = first; ; page = await get(`/runs?cursor=${String(page.body.next_cursor)}`)) {
      for (const { id } of page.body.data as { id: string }[]) seen.add(id)
      if (page.body.next_cursor === null) {
        assert.deepEqual(
          (await get(`/runs?cursor=${String(page.body.previous_cursor)}`)).body.data,
          first.body.data
        )
        break
      }
    }
    assert.equal(seen.size, 56)
    assert.isNull(first.body.previous_cursor)
    assert.deepEqual((await get('/runs?limit=2')).body.data, (first.body.data as object[]).slice(0, 2))
    for (const filter of ['state=failed', 'job=b', 'job=b&state=failed'])
      assert.containSubset((await get(`/runs?${filter}`)).body, {
        data: [{ id: failed.id }],
        next_cursor: null,
      })
    assert.deepEqual((await get('/runs?job=b&state=finished')).body.data, [])
  })

  test('another organization’s runs are not there, in lists, by id, or to be cancelled', async ({
    assert,
  }) => {
    const { get, post } = await anApiCaller()
    const { organizationId } = await anApiCaller()
    const run = await RunFactory.merge({ organizationId, state: 'running', finishedAt: null }).create()
    assert.deepEqual((await get('/runs')).body.data, [])
    for (const id of [run.id, 'nonsense', '00000000-0000-7000-8000-000000000000']) {
      assert.deepEqual(codeOf(await get(`/runs/${id}`)), [404, 'not_found'])
      assert.deepEqual(codeOf(await post(`/runs/${id}/cancel`)), [404, 'not_found'])
    }
    await run.refresh()
    assert.isNull(run.cancelRequestedAt)
  })

  test('a run is asked to end; one that is over is not', async ({ assert }) => {
    const { organizationId, post } = await anApiCaller()
    const make = (values: Partial<Run>) => RunFactory.merge({ organizationId, ...values }).create()
    const running = await make({ state: 'running', finishedAt: null })
    const answer = await post(`/runs/${running.id}/cancel`)
    assert.equal(answer.status, 200)
    assert.deepInclude(answer.body, { id: running.id, state: 'running', cancel_requested: true })
    assert.equal((await post(`/runs/${running.id}/cancel`)).status, 200)
    const waiting = await make({ state: 'queued', finishedAt: null })
    assert.equal((await post(`/runs/${waiting.id}/cancel`)).body.state, 'cancelled')
    const over = await make({ state: 'finished' })
    assert.deepEqual(codeOf(await post(`/runs/${over.id}/cancel`)), [409, 'run_over'])
  })
})

test.group('API: refresh log and figures', (group) => {
  group.each.timeout(20_000)

  test('M3: each attempt with its kind, its outcome and both expiries; recent, failed, of a connection and kind', async (context) => {
    const { assert } = context
    const { fixture, caller, stranger } = await scene(context)
    const { engine, clock } = fixture
    const [ana, ben] = [await fixture.join('x', 'ana'), await fixture.join('x', 'ben')]
    ben.account.say('false_revocation')
    clock.advance(MINUTE)
    await engine.refresh.refreshOne(ana.id, { kind: 'manual' })
    clock.advance(MINUTE)
    await engine.refresh.refreshOne(ben.id, { kind: 'scheduled' })
    const list = async (query = '') =>
      (await caller.get(`/refresh-attempts${query}`)).body.data as Record<string, unknown>[]
    const all = await list()
    assert.deepEqual(
      all.map(({ connection_id: id }) => id),
      [ben.id, ana.id]
    )
    assert.containSubset(all, [
      {
        outcome: 'failed',
        reason: 'rejected',
        kind: 'scheduled',
        new_expires_at: null,
        strike: 1,
        provider: 'x',
      },
      { outcome: 'success', reason: null, kind: 'manual', run_id: null },
    ])
    const [call] = all[0].calls as Record<string, unknown>[]
    assert.containSubset(call, { method: 'POST', status: 400, code: null, request_id: null })
    assert.notProperty(call, 'response', 'headers are the provider’s own words')
    assert.match(String(all[1].old_expires_at), /^\d{4}-.+Z$/)
    assert.isAbove(Date.parse(String(all[1].new_expires_at)), Date.parse(String(all[1].old_expires_at)))
    const [failed, success] = all
    assert.deepEqual(await list('?outcome=failed'), [failed])
    assert.deepEqual(await list('?kind=manual'), [success])
    assert.deepEqual(await list(`?connection_id=${ana.id.toUpperCase()}`), [success])
    assert.deepEqual(await list('?provider=x&outcome=success'), [success])
    assert.deepEqual(await list(`?from=${new Date(clock.now()).toISOString()}`), [failed])
    assert.deepEqual(await list(`?to=${new Date(clock.now()).toISOString()}`), [success])
    assert.deepEqual((await stranger.get(`/refresh-attempts?connection_id=${ana.id}`)).body.data, [])
    assert.notMatch(JSON.stringify(all), /message|token_fp|v1:k1/)
  })

  test('X8: success rates in all, by provider, kind and job, and the runs; another organization’s are its own', async (context) => {
    const { assert } = context
    const { fixture, caller, stranger } = await scene(context)
    for (const name of ['ana', 'ben', 'cleo', 'dora']) {
      const { account } = await fixture.join('x', name)
      if (name === 'dora') account.say('false_revocation')
    }
    fixture.clock.advance(HOUR + MINUTE)
    await caller.post(`${REFRESH}?wait=true`)
    fixture.clock.advance(MINUTE)
    const { status, body } = await caller.get('/stats')
    assert.equal(status, 200)
    const figure = { attempts: 4, success: 3, failed: 1, success_rate: 0.75, error_rate: 0.25 }
    assert.deepInclude(body.total, figure)
    assert.containSubset(body.providers, [{ provider: 'x', ...figure }])
    assert.containSubset(body.kinds, [{ kind: 'manual', ...figure }])
    assert.containSubset(body.jobs, [{ job: 'auto-token-refresh', ...figure }])
    assert.containSubset(body.providers_and_kinds, [{ provider: 'x', kind: 'manual', ...figure }])
    assert.isArray(body.alerts)
    const later = new Date(fixture.clock.now() + HOUR).toISOString()
    const empty = (
      await caller.get(`/stats?from=${later}&to=${new Date(fixture.clock.now() + 2 * HOUR).toISOString()}`)
    ).body
    assert.deepInclude(empty.total, { attempts: 0, success_rate: null })
    assert.deepInclude((await stranger.get('/stats')).body.total, { attempts: 0 })
  })

  test('what has ended within its time is told, what has not is not waited for', async ({ assert }) => {
    assert.equal(await endedWithin(Promise.resolve('done'), 60_000), 'done')
    assert.isNull(await endedWithin(new Promise(() => {}), 0))
    await assert.rejects(() => endedWithin(Promise.reject(new Error('broke')), 60_000), 'broke')
  })
})
