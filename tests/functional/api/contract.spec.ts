/**
 * The contract of the API: every call of its description is made, with each of its successes and each of its documented
 * errors, by the typed client, and each answer is held against the description.
 */
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import {
  answerOf,
  evergrant,
  EvergrantError,
  type EvergrantClient,
} from '../../../clients/typescript/client.js'
import { appUrl } from '#config/app'
import jobSettings from '#config/jobs'
import { apiLimit } from '#config/limiter'
import { RunFactory } from '#database/factories/run_factory'
import Organization from '#models/organization'
import { DeliveryQueue } from '#notifications/delivery_queue'
import { RuleService } from '#notifications/rules'
import { BackgroundRuns } from '#services/background_runs'
import { ConnectionDeletion } from '#services/disconnect/deletion'
import { openSqliteDriver } from '#store/sqlite_driver'
import { anApiCaller, lendToApplication, type ApiCaller } from '#tests/helpers/api_caller'
import { ApiContract, servedDocument, type ContractCall } from '#tests/helpers/api_contract'
import { campaignFixture, ORGANIZATION } from '#tests/helpers/campaign_fixture'
import { emptyTables, testDatabaseFile } from '#tests/helpers/database'
import { deliveryFixture, SETTINGS } from '#tests/helpers/delivery_fixture'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { managerFixture } from '#tests/helpers/token_manager_fixture'
import { json } from '#tests/helpers/token_server'

const NOBODY = '00000000-0000-7000-8000-0000000000ff'
const MEGABYTE = 1_048_576

let contract: ApiContract

/** The client of a program, whose answers are all held against the description. */
function clientOf({ key }: Pick<ApiCaller, 'key'>): EvergrantClient {
  return evergrant({ baseUrl: appUrl, apiKey: key, fetch: contract.fetch })
}

type Call = Promise<{ data?: unknown; error?: unknown; response: Response }>

/** The code of a call that must be refused. */
async function codeOf(call: Call): Promise<string | null> {
  try {
    await answerOf(call)
  } catch (error) {
    if (error instanceof EvergrantError) return error.code
    throw error
  }
  throw new Error('The call was not refused')
}

/** Makes a call as the description names it, with whatever a test wants to be wrong about it. */
function send({ method, path }: ContractCall, init: RequestInit = {}, query = ''): Promise<Response> {
  const url = `${appUrl}${path.replaceAll(/\{\w+\}/g, 'x')}${query}`
  return contract.fetch(new Request(url, { method, ...init }))
}

type Cleanup = (work: () => void | Promise<void>) => void
const later =
  (context: { cleanup: Cleanup }): Cleanup =>
  (work) =>
    context.cleanup(work)
const asks = (key: string) => ({ authorization: `Bearer ${key}` })
const JSON_KIND = { 'content-type': 'application/json' }

test.group('API contract: what every call refuses', (group) => {
  let keyed: ContractCall[]
  group.setup(async () => {
    contract = new ApiContract(await servedDocument())
    keyed = contract.calls.filter(({ ability }) => ability !== null)
  })
  group.each.setup(() => emptyTables())
  group.each.timeout(20_000)

  test('a missing key, a wrong one, and one that may not do this', async ({ assert }) => {
    const { key } = await anApiCaller({ abilities: [] })
    for (const call of keyed) {
      const answers = [await send(call), await send(call, { headers: asks('evg_x') })]
      answers.push(await send(call, { headers: asks(key) }))
      assert.deepEqual(
        answers.map(({ status }) => status),
        [401, 401, 403],
        call.operationId
      )
      assert.include(answers[2].headers.get('www-authenticate'), `scope="${call.ability}"`)
    }
  })

  test('a body that is not JSON, does not say so, or is too large', async ({ assert }) => {
    const { key } = await anApiCaller()
    const large = JSON.stringify({ text: 'x'.repeat(MEGABYTE) })
    for (const call of keyed.filter(({ method }) => method !== 'GET')) {
      const sends = (body: string, kind = JSON_KIND) =>
        send(call, { headers: { ...asks(key), ...kind }, body })
      const answers = [
        await sends('{'),
        await sends('{}', { 'content-type': 'text/plain' }),
        await sends(large),
      ]
      assert.deepEqual(
        answers.map(({ status }) => status),
        [400, 415, 413],
        call.operationId
      )
    }
  })

  test('a field that the call does not know', async ({ assert }) => {
    const { key } = await anApiCaller()
    const body = JSON.stringify({ nonsense: 1 })
    for (const call of keyed) {
      const answer =
        call.method === 'GET'
          ? await send(call, { headers: asks(key) }, '?nonsense=1')
          : await send(call, { headers: { ...asks(key), ...JSON_KIND }, body })
      assert.equal(answer.status, 422, call.operationId)
    }
  })

  test('too many calls in a minute', async ({ assert, cleanup }) => {
    const { requests } = apiLimit
    cleanup(() => void (apiLimit.requests = requests))
    apiLimit.requests = 1
    const { key } = await anApiCaller()
    await send(keyed[0], { headers: asks(key) }, '?nonsense=1')
    for (const call of keyed)
      assert.equal((await send(call, { headers: asks(key) })).status, 429, call.operationId)
  })

  test('trouble of our own is a 500 without its reason', async ({ assert, cleanup }) => {
    const { requests } = apiLimit
    cleanup(() => void Object.defineProperty(apiLimit, 'requests', { value: requests, writable: true }))
    const { key } = await anApiCaller()
    Object.defineProperty(apiLimit, 'requests', {
      configurable: true,
      get: () => {
        throw new Error('SECRET')
      },
    })
    for (const call of keyed) {
      const answer = await send(call, { headers: asks(key) })
      assert.equal(answer.status, 500, call.operationId)
      assert.notInclude(await answer.text(), 'SECRET')
    }
  })

  test('an Idempotency-Key that is none, was used for something else, or is in use', async ({
    assert,
    cleanup,
  }) => {
    const own = await app.container.make('idempotentRequests')
    cleanup(() => app.container.bindValue('idempotentRequests', own))
    // As if the process had died within each first request: it stays under way.
    const dying = Object.assign(Object.create(own), { forget: async () => {} })
    app.container.bindValue('idempotentRequests', dying)
    const { key } = await anApiCaller()
    const repeatable = keyed.filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'Idempotency-Key')
    )
    assert.lengthOf(repeatable, 4)
    for (const call of repeatable) {
      const sends = (idempotencyKey: string, field = 'nonsense') => {
        const headers = { ...asks(key), ...JSON_KIND, 'idempotency-key': idempotencyKey }
        return send(call, { headers, body: JSON.stringify({ [field]: 1 }) })
      }
      assert.equal((await sends('x'.repeat(256))).status, 422)
      await sends(call.operationId)
      assert.equal((await sends(call.operationId)).status, 409)
      assert.equal((await sends(call.operationId, 'other')).status, 422)
    }
  })
})

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`API contract: tokens on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let api: EvergrantClient
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      await emptyTables()
      fixture = await engineFixture(dialect, later(context), { engine: { sleep: async () => {} } })
      const { tokens } = await managerFixture(dialect, fixture, later(context))
      await lendToApplication(later(context), { engine: fixture.engine, tokens })
      await Organization.firstOrCreate({ id: ORGANIZATION }, { slug: 'main', name: 'Main' })
      api = clientOf(await anApiCaller({ organizationId: ORGANIZATION }))
    })

    const connect = (account: string, left: number, values = {}) =>
      fixture.connect(account, {
        last_token_refresh_at: NOW - HOUR / 2,
        token_expires_at: NOW + left,
        next_refresh_at: NOW + left - 5 * MINUTE,
        ...values,
      })
    /** The same by each call that reads a token. */
    const reads = (owner: string, id: string): Call[] => [
      api.GET('/api/v1/token', { params: { query: { provider: 'acme', owner } } }),
      api.GET('/api/v1/connections/{id}/token', { params: { path: { id } } }),
      api.POST('/api/v1/connections/{id}/report-unauthorized', { params: { path: { id } }, body: {} }),
    ]
    const codes = async (calls: readonly Call[]) => Promise.all(calls.map(codeOf))
    const thrice = (code: string) => [code, code, code]

    test('a token is read, reported, and tested with others', async ({ assert }) => {
      const id = await connect('ana', HOUR)
      for (const call of reads('ana', id))
        assert.deepInclude(await answerOf(call), { connection_id: id, token_type: 'Bearer' })
      const ids = { connection_ids: [id, await connect('ben', -MINUTE), 'nonsense'] }
      const report = await answerOf(
        api.POST('/api/v1/tokens/validate', { body: { ...ids, auto_refresh: true } })
      )
      assert.lengthOf(report.results, 3)
    })

    test('what only a person can mend', async ({ assert }) => {
      for (const [code, values] of [
        ['reauth_required', { status: 'needs_reauth', is_active: false }],
        ['account_suspended', { status: 'suspended', is_suspended: true, is_active: false }],
        ['action_required', { status: 'error', status_reason: 'locked', is_active: false }],
      ] as const) {
        const id = await connect(code, HOUR, values)
        assert.deepEqual(await codes(reads(code, id)), thrice(code))
      }
      assert.deepEqual(await codes(reads('nobody', NOBODY)), thrice('not_found'))
      await connect('ana', HOUR)
      const id = await connect('ana-2', HOUR, { owner: 'ana' })
      assert.equal(await codeOf(reads('ana', id)[0]), 'ambiguous_connection')
    })

    test('what passes: between the strikes, and while the provider is away', async ({ assert }) => {
      const id = await connect('ana', -MINUTE)
      await fixture.update(id, { token_refresh_failed_at: NOW, next_refresh_at: NOW + 10 * MINUTE })
      assert.deepEqual(await codes(reads('ana', id)), thrice('refresh_retrying'))
      fixture.server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
      const other = await connect('ben', -MINUTE)
      assert.deepEqual(await codes(reads('ben', other)), thrice('provider_unavailable'))
    })

    test('the limits of the provider', async ({ assert }) => {
      const id = await connect('ana', -MINUTE)
      fixture.server.always((response) => json(response, 429, {}, { 'retry-after': '40' }))
      assert.deepEqual(await codes(reads('ana', id)), thrice('rate_limited'))
    })
  })

  test.group(`API contract: campaigns on ${dialect}`, (group) => {
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    async function scene(context: TestContext) {
      await emptyTables()
      const fixture = await campaignFixture(dialect, later(context))
      await lendToApplication(later(context), fixture)
      await Organization.firstOrCreate({ id: ORGANIZATION }, { slug: 'main', name: 'Main' })
      const api = clientOf(await anApiCaller({ organizationId: ORGANIZATION }))
      const at = (id: string, connection: string) => ({ params: { path: { id, connection } } })
      const of = (id: string) => ({ params: { path: { id } } })
      return {
        ...{ fixture, api, at, of },
        make: async () => (await answerOf(api.POST('/api/v1/campaigns', { body: { name: 'Quiz' } }))).id,
        add: (id: string, connection: string) =>
          api.POST('/api/v1/campaigns/{id}/members', { ...of(id), body: { connection_id: connection } }),
        open: (id: string, connection: string) =>
          api.POST('/api/v1/campaigns/{id}/members/{connection}/authorization', {
            ...at(id, connection),
            body: {},
          }),
        close: (id: string, connection: string) =>
          api.DELETE('/api/v1/campaigns/{id}/members/{connection}/authorization', at(id, connection)),
        remove: (id: string, connection: string) =>
          api.DELETE('/api/v1/campaigns/{id}/members/{connection}', at(id, connection)),
        start: (id: string) => api.POST('/api/v1/campaigns/{id}/sessions', of(id)),
        end: (id: string, session: string) =>
          api.DELETE('/api/v1/campaigns/{id}/sessions/{session}', { params: { path: { id, session } } }),
      }
    }

    test('from the first member to the end of the session', async (context) => {
      const { assert } = context
      const { fixture, api, of, make, add, open, close, remove, start, end } = await scene(context)
      const ana = await fixture.channel('ana')
      const id = await make()
      assert.equal(await codeOf(start(id)), 'no_members')
      await answerOf(add(id, ana))
      assert.equal(await codeOf(add(id, ana)), 'already_member')
      assert.equal(await codeOf(start(id)), 'members_unhealthy')
      await answerOf(open(id, ana))
      const { id: session } = await answerOf(start(id))
      assert.equal(await codeOf(start(id)), 'already_live')
      assert.deepInclude(await answerOf(api.GET('/api/v1/campaigns/{id}', of(id))), {
        live_session_id: session,
      })
      assert.lengthOf((await answerOf(api.GET('/api/v1/campaigns', {}))).data, 1)
      for (const call of [end(id, session), close(id, ana), remove(id, ana)]) await answerOf(call)
    })

    test('what is not there, and what is over', async (context) => {
      const { assert } = context
      const { fixture, api, of, make, add, open, close, remove, start, end } = await scene(context)
      const calls = (id: string): Call[] => [
        add(id, NOBODY),
        remove(id, NOBODY),
        open(id, NOBODY),
        close(id, NOBODY),
        start(id),
      ]
      const gone = [...calls(NOBODY), api.GET('/api/v1/campaigns/{id}', of(NOBODY)), end(NOBODY, NOBODY)]
      for (const call of gone) assert.equal(await codeOf(call), 'not_found')
      const ana = await fixture.channel('ana')
      const id = await make()
      await answerOf(add(id, ana))
      await fixture.engine.campaigns.archive(fixture.admin, id)
      for (const call of [add(id, ana), remove(id, ana), open(id, ana), close(id, ana), start(id)])
        assert.equal(await codeOf(call), 'campaign_archived')
    })

    test('a window whose refresh fails says why', async (context) => {
      const { assert } = context
      const { fixture, make, add, open } = await scene(context)
      const id = await make()
      const refused = async (account: string, values = {}) => {
        const connection = await fixture.channel(account, undefined, values)
        await answerOf(add(id, connection))
        return codeOf(open(id, connection))
      }
      const ended = { is_active: false }
      assert.equal(await refused('dead', { status: 'needs_reauth', ...ended }), 'reauth_required')
      assert.equal(await refused('held', { paused_at: NOW }), 'action_required')
      const suspended = { status: 'suspended', is_suspended: true, ...ended }
      assert.equal(await refused('gone', suspended), 'account_suspended')
      fixture.server.always((response) => json(response, 400, { error: 'invalid_grant' }))
      assert.equal(await refused('struck'), 'reauth_required')
      fixture.server.always((response) => json(response, 200, { nonsense: true }))
      assert.equal(await refused('odd'), 'refresh_retrying')
      fixture.server.always((response) => json(response, 503, {}))
      assert.equal(await refused('away'), 'provider_unavailable')
      fixture.server.always((response) => json(response, 429, {}))
      assert.equal(await refused('late'), 'rate_limited')
    })

    test('members that keep changing while they are looked at', async (context) => {
      const { assert } = context
      const { fixture, make, add, open, start } = await scene(context)
      const [id, ana] = [await make(), await fixture.channel('ana')]
      await answerOf(add(id, ana))
      await answerOf(open(id, ana))
      let others = 0
      fixture.accounts.on('/validate', async () => {
        const other = await fixture.channel(`other-${others++}`)
        await fixture.engine.campaigns.addMember(fixture.admin, id, other)
        await fixture.engine.windows.authorize(fixture.admin, id, other, {})
        return { body: { id: 'ana', login: 'ana', client_id: 'client' } }
      })
      assert.equal(await codeOf(start(id)), 'members_changing')
    })
  })
}

test.group('API contract: connections', (group) => {
  group.each.timeout(20_000)

  async function scene(context: TestContext) {
    const fixture = await engineFixture('sqlite', later(context), { engine: { jobSettings } })
    await lendToApplication(later(context), fixture)
    await Organization.firstOrCreate({ id: ORGANIZATION }, { slug: 'main', name: 'Main' })
    return { fixture, api: clientOf(await anApiCaller({ organizationId: ORGANIZATION })) }
  }
  const of = (id: string) => ({ params: { path: { id } } })

  test('each call succeeds', async (context) => {
    const { assert } = context
    const { fixture, api } = await scene(context)
    const line = { provider: 'acme', owner: 'ben', access_token: 'its token' }
    const headers = { 'Idempotency-Key': 'ben-1' }
    const imported = () => api.POST('/api/v1/connections', { body: line, params: { header: headers } })
    const { id } = await answerOf(imported())
    assert.equal((await imported()).response.headers.get('idempotency-replayed'), 'true')
    const again = await api.POST('/api/v1/connections', { body: line })
    assert.deepEqual([again.response.status, again.data?.id], [200, id])
    assert.lengthOf((await answerOf(api.GET('/api/v1/connections', {}))).data, 1)
    assert.equal((await answerOf(api.GET('/api/v1/connections/{id}', of(id)))).owner, 'ben')
    const ana = await fixture.connect('ana')
    const refreshed = await answerOf(api.POST('/api/v1/connections/{id}/refresh', of(ana)))
    assert.equal(refreshed.status, 'refreshed')
    for (const action of ['pause', 'resume', 'reactivate'] as const)
      await answerOf(api.POST(`/api/v1/connections/{id}/${action}`, of(ana)))
    const run = await answerOf(api.POST('/api/v1/connections/refresh', { body: { ids: [ana], force: true } }))
    assert.isFalse(run.joined)
    const owner = { params: { query: { owner: 'ana' } } }
    assert.lengthOf((await answerOf(api.GET('/api/v1/platforms/health', owner))).health, 1)
    const link = await answerOf(
      api.POST('/api/v1/connect-links', { body: { provider: 'acme', owner: 'cid' } })
    )
    assert.isAbove(Date.parse(link.expires_at), Date.now())
    await answerOf(api.DELETE('/api/v1/connections/{id}', of(id)))
  })

  test('what is not there, and what cannot be done', async (context) => {
    const { assert } = context
    const { fixture, api } = await scene(context)
    const actions = ['refresh', 'pause', 'resume', 'reactivate'] as const
    for (const action of actions)
      assert.equal(await codeOf(api.POST(`/api/v1/connections/{id}/${action}`, of(NOBODY))), 'not_found')
    assert.equal(await codeOf(api.GET('/api/v1/connections/{id}', of(NOBODY))), 'not_found')
    assert.equal(await codeOf(api.DELETE('/api/v1/connections/{id}', of(NOBODY))), 'not_found')
    const ana = await fixture.connect('ana')
    const page = await fixture.connect('page', { parent_id: ana })
    assert.equal(await codeOf(api.DELETE('/api/v1/connections/{id}', of(page))), 'derived')
    await fixture.update(ana, { status: 'disconnected', is_active: false })
    assert.equal(await codeOf(api.POST('/api/v1/connections/{id}/reactivate', of(ana))), 'disconnected')
  })

  test('a connection that a person connects again while it is deleted', async (context) => {
    const { assert } = context
    const { fixture, api } = await scene(context)
    const ana = await fixture.connect('ana')
    const driver = openSqliteDriver(testDatabaseFile(), fixture.clock)
    context.cleanup(() => driver.close())
    const { engine } = fixture
    const disconnections = {
      async disconnect(organizationId: string, id: string) {
        const done = await engine.disconnections.disconnect(organizationId, id)
        await fixture.update(id, { status: 'connected' })
        return done
      },
    }
    const deletion = new ConnectionDeletion({ driver, disconnections })
    await lendToApplication(later(context), { engine: Object.assign(Object.create(engine), { deletion }) })
    assert.equal(await codeOf(api.DELETE('/api/v1/connections/{id}', of(ana))), 'connected_again')
  })

  test('a process that is ending refreshes no selection', async (context) => {
    const { assert } = context
    const { api } = await scene(context)
    // Runs that were begun by pages and programs end with the process, which here has to live on.
    const { begin } = BackgroundRuns.prototype
    context.cleanup(() => void (BackgroundRuns.prototype.begin = begin))
    BackgroundRuns.prototype.begin = async () => null
    const call = api.POST('/api/v1/connections/refresh', { body: { filter: 'provider:acme' } })
    assert.equal(await codeOf(call), 'stopping')
  })
})

test.group('API contract: jobs, runs and figures', (group) => {
  group.each.timeout(20_000)

  async function scene(context: TestContext) {
    const fixture = await engineFixture('sqlite', later(context), { engine: { jobSettings } })
    await lendToApplication(later(context), fixture)
    await Organization.firstOrCreate({ id: ORGANIZATION }, { slug: 'main', name: 'Main' })
    const api = clientOf(await anApiCaller({ organizationId: ORGANIZATION }))
    const run = (name: string, wait = true) =>
      api.POST('/api/v1/jobs/{name}/runs', { params: { path: { name }, query: { wait } } })
    return { fixture, api, run }
  }
  const of = (id: string) => ({ params: { path: { id } } })

  test('every kind of job answers with its own JSON, and its run stays', async (context) => {
    const { assert } = context
    const { fixture, api, run } = await scene(context)
    await fixture.connect('ana')
    const kinds = new Map(jobSettings.jobs.map(({ work, name }) => [work.type, name]))
    kinds.delete('tick')
    for (const name of kinds.values()) assert.equal((await run(name)).response.status, 200, name)
    assert.equal((await run('auto-token-refresh', false)).response.status, 202)
    await fixture.engine.jobs.idle()
    fixture.clock.advance(MINUTE)
    const { data } = await answerOf(api.GET('/api/v1/runs', {}))
    assert.lengthOf(data, kinds.size + 1)
    for (const { id } of data) assert.isNotNull((await answerOf(api.GET('/api/v1/runs/{id}', of(id)))).result)
    assert.isNotEmpty((await answerOf(api.GET('/api/v1/refresh-attempts', {}))).data)
    // Attempts are written on the fixture's clock, runs on the host's.
    const [from, to] = [Math.min(NOW, Date.now()) - HOUR, Math.max(NOW, Date.now()) + HOUR]
    const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
    const stats = await answerOf(api.GET('/api/v1/stats', { params: { query } }))
    assert.isAbove(stats.total.attempts, 0)
    assert.isNotEmpty(stats.runs)
  })

  test('what is not there, what has no runs, and what is over', async (context) => {
    const { assert } = context
    const { api, run } = await scene(context)
    assert.equal(await codeOf(run('nonsense')), 'unknown_job')
    const tick = jobSettings.jobs.find(({ work }) => work.type === 'tick')?.name ?? ''
    assert.equal(await codeOf(run(tick)), 'not_runnable')
    assert.equal(await codeOf(api.GET('/api/v1/runs/{id}', of(NOBODY))), 'not_found')
    assert.equal(await codeOf(api.POST('/api/v1/runs/{id}/cancel', of(NOBODY))), 'not_found')
    const make = (values: object) => RunFactory.merge({ organizationId: ORGANIZATION, ...values }).create()
    const { id } = await make({ state: 'running', finishedAt: null })
    assert.isTrue((await answerOf(api.POST('/api/v1/runs/{id}/cancel', of(id)))).cancel_requested)
    const { id: over } = await make({ state: 'finished' })
    assert.equal(await codeOf(api.POST('/api/v1/runs/{id}/cancel', of(over))), 'run_over')
  })

  test('a run that breaks off, and a process that is ending', async (context) => {
    const { assert } = context
    const { fixture, run } = await scene(context)
    fixture.engine.runs.run = () => Promise.reject(new Error('broke'))
    assert.equal(await codeOf(run('auto-token-refresh')), 'run_failed')
    await fixture.engine.jobs.stop()
    assert.equal(await codeOf(run('auto-token-refresh')), 'stopping')
  })
})

test.group('API contract: channels and deliveries', (group) => {
  group.each.timeout(20_000)

  async function scene(context: TestContext) {
    const fixture = await deliveryFixture('sqlite', later(context))
    const { clock, driver, channels, log: deliveries } = fixture
    const own = await app.container.make('notifications')
    const rules = new RuleService({ driver, clock })
    app.container.bindValue('notifications', { ...own, channels, deliveries, rules })
    context.cleanup(() => app.container.bindValue('notifications', own))
    return { fixture, api: clientOf(await anApiCaller({ organizationId: ORGANIZATION })) }
  }
  const of = (id: string) => ({ params: { path: { id } } })
  const WEBHOOK = { kind: 'webhook', name: 'Billing', target: 'http://127.0.0.1:9/hooks' } as const

  test('each call succeeds', async (context) => {
    const { assert } = context
    const { fixture, api } = await scene(context)
    const made = await answerOf(
      api.POST('/api/v1/channels', { body: { ...WEBHOOK, events: ['run.failed'] } })
    )
    assert.isString(made.signing_secret)
    const channel = of(made.id)
    assert.lengthOf((await answerOf(api.GET('/api/v1/channels', {}))).data, 1)
    assert.deepEqual((await answerOf(api.GET('/api/v1/channels/{id}', channel))).events, ['run.failed'])
    const changed = api.PATCH('/api/v1/channels/{id}', { ...channel, body: { events: null } })
    assert.isNull((await answerOf(changed)).events)
    await answerOf(api.POST('/api/v1/channels/{id}/rotate-secret', channel))
    await answerOf(api.POST('/api/v1/channels/{id}/enable', channel))
    const { delivery_id: id } = await answerOf(api.POST('/api/v1/channels/{id}/test', channel))
    await fixture.message(made.id)
    await fixture.notifier().tick()
    assert.lengthOf((await answerOf(api.GET('/api/v1/channels/{id}/deliveries', channel))).data, 2)
    assert.lengthOf((await answerOf(api.GET('/api/v1/deliveries/{id}', of(id)))).history, 1)
    assert.equal((await answerOf(api.POST('/api/v1/deliveries/{id}/redeliver', of(id)))).state, 'waiting')
    await answerOf(api.DELETE('/api/v1/channels/{id}', channel))
  })

  test('what is not there, and what cannot be done', async (context) => {
    const { assert } = context
    const { fixture, api } = await scene(context)
    const nobody = of(NOBODY)
    for (const call of [
      api.GET('/api/v1/channels/{id}', nobody),
      api.PATCH('/api/v1/channels/{id}', { ...nobody, body: { name: 'New' } }),
      api.DELETE('/api/v1/channels/{id}', nobody),
      api.POST('/api/v1/channels/{id}/test', nobody),
      api.POST('/api/v1/channels/{id}/rotate-secret', nobody),
      api.POST('/api/v1/channels/{id}/enable', nobody),
      api.GET('/api/v1/channels/{id}/deliveries', nobody),
      api.GET('/api/v1/deliveries/{id}', nobody),
      api.POST('/api/v1/deliveries/{id}/redeliver', nobody),
    ])
      assert.equal(await codeOf(call), 'not_found')
    const mailbox = { kind: 'email', name: 'Mail', target: 'alerts@receiver.example' } as const
    const mail = await answerOf(api.POST('/api/v1/channels', { body: mailbox }))
    const rotated = api.POST('/api/v1/channels/{id}/rotate-secret', of(mail.id))
    assert.equal(await codeOf(rotated), 'no_signing_secret')
    const { id: channelId } = await answerOf(api.POST('/api/v1/channels', { body: WEBHOOK }))
    const delivery = of(await fixture.message(channelId))
    await new DeliveryQueue(fixture.driver, SETTINGS).claim(new Map())
    assert.equal(await codeOf(api.POST('/api/v1/deliveries/{id}/redeliver', delivery)), 'under_way')
    await fixture.run('UPDATE notification_channels SET disabled_at = ?t', [NOW])
    assert.equal(await codeOf(api.POST('/api/v1/deliveries/{id}/redeliver', delivery)), 'channel_disabled')
  })
})

test.group('API contract: health', () => {
  test('a process that lives, is ready, and is not', async ({ assert, cleanup }) => {
    const own = await app.container.make('readiness')
    cleanup(() => app.container.bindValue('readiness', own))
    const api = clientOf({ key: 'none' })
    assert.equal((await answerOf(api.GET('/health/live', {}))).status, 'ok')
    const report = { ...(await own.run()), isHealthy: true, status: 'ok' }
    for (const isHealthy of [true, false]) {
      const readiness = Object.assign(Object.create(own), { run: async () => ({ ...report, isHealthy }) })
      app.container.bindValue('readiness', readiness)
      const { response } = await api.GET('/health/ready', {})
      assert.equal(response.status, isHealthy ? 200 : 503)
    }
  })
})

test.group('API contract: the whole', () => {
  test('notices an answer that breaks it', async ({ assert }) => {
    const strict = new ApiContract(await servedDocument())
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'one' }
    const offences = (body: object, init: ResponseInit = {}, path = '/health/live') => {
      const text = JSON.stringify(body)
      return strict.offences('GET', path, new Response(text, { headers, ...init }), text)
    }
    assert.deepEqual(offences({ status: 'ok' }), [])
    assert.match(String(offences({ status: 'ok', more: 1 })), /additional properties/)
    assert.match(String(offences({})), /required property 'status'/)
    assert.match(String(offences({ status: 'fine' })), /allowed values/)
    assert.match(String(offences({ status: 'ok' }, { status: 201 })), /status is not described/)
    const without = { 'content-type': headers['content-type'] }
    assert.deepEqual(offences({ status: 'ok' }, { headers: without }), ['lacks the header X-Request-Id'])
    assert.deepEqual(offences({ status: 'ok' }, {}, '/api/v1/secrets'), ['is not described'])
    const page = { ...headers, 'content-type': 'text/html' }
    assert.match(String(offences({ status: 'ok' }, { headers: page })), /is text\/html/)
    const problem = { ...headers, 'content-type': 'application/problem+json; charset=utf-8' }
    const refused = offences({ code: 'nonsense' }, { status: 503, headers: problem }, '/health/ready')
    assert.match(String(refused), /allowed values/)
  })

  test('every answer that the description promises was seen, and no other', ({ assert }) => {
    const promised = contract.promised()
    assert.isAbove(promised.length, 400)
    assert.deepEqual(
      promised.filter((one) => !contract.seen.has(one)),
      []
    )
    assert.deepEqual(
      [...contract.seen].filter((one) => !promised.includes(one)),
      []
    )
  })
})
