/** Connections by the API: lists, single ones, what is done to them, and P6. */
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { DateTime } from 'luxon'
import { appUrl } from '#config/app'
import Connection from '#models/connection'
import Organization from '#models/organization'
import Run from '#models/run'
import { anApiCaller, lendToApplication, type ApiAnswer, type ApiCaller } from '#tests/helpers/api_caller'
import { emptyTables } from '#tests/helpers/database'
import { engineFixture } from '#tests/helpers/engine_fixture'
import { aConnection } from '#tests/helpers/people'
import { HOUR } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]
const idsIn = ({ body }: ApiAnswer) => (body.data as { id: string }[]).map(({ id }) => id)

/** What no answer of this part may hold: sealed tokens, fingerprints, a provider's own words. */
const SECRETS = /SEALED|0123456789abcdef|credential_fp|fingerprint|access_token"|refresh_token"|OWN WORDS/

test.group('API: connections', (group) => {
  let organization: Organization
  let caller: ApiCaller
  let foreign: Connection
  group.each.timeout(20_000)
  group.each.setup(async () => {
    await emptyTables()
    organization = await Organization.create({ slug: 'home', name: 'Home' })
    caller = await anApiCaller({ organizationId: organization.id })
    foreign = await aConnection(await Organization.create({ slug: 'elsewhere', name: 'Elsewhere' }))
  })

  test('one connection with everything but its tokens', async ({ assert }) => {
    const connection = await aConnection(organization, { errorMessage: 'OWN WORDS', errorCode: 'E1' })
    const answer = await caller.get(`/connections/${connection.id}`)
    assert.equal(answer.status, 200)
    assert.deepInclude(answer.body, {
      id: connection.id,
      provider: 'twitch',
      owner: connection.owner,
      status: 'connected',
      health: 'healthy',
      error_code: 'E1',
      scopes: ['chat:read'],
      token_type: 'oauth2',
      refresh_count: 7,
      token_expires_at: connection.tokenExpiresAt?.toISO(),
      reconnect_url: `${appUrl}/accounts/${connection.id}/reconnect`,
    })
    assert.notMatch(answer.text, SECRETS)
  })

  test('the list goes through all pages and back, without a token', async ({ assert }) => {
    for (let index = 0; index < 53; index++) await aConnection(organization)
    const seen = new Set<string>()
    let pages = 0
    for (let place = ''; place !== 'null'; pages++) {
      const page = await caller.get(`/connections${place && `?cursor=${place}`}`)
      for (const id of idsIn(page)) seen.add(id)
      assert.notMatch(page.text, SECRETS)
      place = String(page.body.next_cursor)
    }
    assert.deepEqual([pages, seen.size, seen.has(foreign.id)], [2, 53, false])
  })

  test('a page is as long as is asked for, and a cursor goes on with another length', async ({ assert }) => {
    for (let index = 0; index < 60; index++) await aConnection(organization)
    const all = idsIn(await caller.get('/connections?limit=200'))
    assert.lengthOf(all, 60)
    const first = await caller.get('/connections?limit=1')
    const second = await caller.get(`/connections?limit=7&cursor=${String(first.body.next_cursor)}`)
    const third = await caller.get(`/connections?cursor=${String(second.body.next_cursor)}`)
    assert.deepEqual([first, second, third].map(idsIn), [all.slice(0, 1), all.slice(1, 8), all.slice(8, 58)])
    const back = await caller.get(`/connections?limit=3&cursor=${String(third.body.previous_cursor)}`)
    assert.deepEqual(idsIn(back), all.slice(5, 8))
  })

  test('filters narrow the list, each by itself and all together', async ({ assert }) => {
    const soon = DateTime.utc().plus({ minutes: 10 })
    const ana = await aConnection(organization, { owner: 'ana', displayName: 'Ana', tokenExpiresAt: soon })
    const dead = await aConnection(organization, { owner: 'ben', status: 'needs_reauth', isActive: false })
    const gitHub = await aConnection(organization, { provider: 'github', owner: 'ana', displayName: 'Other' })
    const list = async (query: string) => idsIn(await caller.get(`/connections?${query}`))
    assert.deepEqual(await list('provider=github'), [gitHub.id])
    assert.deepEqual(await list('status=needs_reauth'), [dead.id])
    assert.deepEqual(await list('status=reconnect'), [dead.id])
    assert.sameMembers(await list('owner=ana'), [ana.id, gitHub.id])
    assert.deepEqual(await list(`expires_before=${soon.plus({ minutes: 1 }).toISO()}`), [ana.id])
    assert.deepEqual(await list(`expires_before=${soon.toISO()}`), [])
    assert.deepEqual(await list('q=status:reconnect'), [dead.id])
    assert.deepEqual(await list('q=other'), [gitHub.id])
    assert.deepEqual(await list('owner=ana&provider=twitch'), [ana.id])
    assert.deepEqual(await list('owner=ana&q=status:reconnect'), [])
    assert.deepEqual(await list(`owner=${foreign.owner}`), [])
  })

  test('pause, resume and reactivate answer with the connection as it is then; twice is no error', async ({
    assert,
  }) => {
    const { id } = await aConnection(organization, { status: 'needs_reauth', isActive: false })
    for (const time of ['first', 'second']) {
      const paused = await caller.post(`/connections/${id}/pause`)
      assert.equal(paused.status, 200, time)
      assert.isNotNull(paused.body.paused_at, time)
    }
    for (const time of ['first', 'second'])
      assert.isNull((await caller.post(`/connections/${id}/resume`, {})).body.paused_at, time)
    const back = await caller.post(`/connections/${id}/reactivate`)
    assert.deepInclude(back.body, { status: 'connected', is_active: true, reconnect_needed: true })
    const again = await caller.post(`/connections/${id}/reactivate`)
    assert.deepInclude(again.body, { status: 'connected', reconnect_needed: false })
    assert.notMatch(back.text, SECRETS)
  })

  test('what is disconnected cannot be reactivated, and the answer says where to connect it', async ({
    assert,
  }) => {
    const { id } = await aConnection(organization, { status: 'disconnected', isActive: false })
    const answer = await caller.post(`/connections/${id}/reactivate`)
    assert.deepEqual(codeOf(answer), [409, 'disconnected'])
    assert.equal(answer.body.reconnect_url, `${appUrl}/accounts/${id}/reconnect`)
  })

  test('another organization’s connection is not there, whatever is asked of it, and stays as it is', async ({
    assert,
  }) => {
    const before = { ...(await Connection.findOrFail(foreign.id)).$attributes }
    for (const id of [foreign.id, 'nonsense', '00000000-0000-7000-8000-000000000000']) {
      assert.deepEqual(codeOf(await caller.get(`/connections/${id}`)), [404, 'not_found'])
      for (const action of ['refresh', 'pause', 'resume', 'reactivate'])
        assert.deepEqual(
          codeOf(await caller.post(`/connections/${id}/${action}`)),
          [404, 'not_found'],
          action
        )
    }
    assert.deepEqual({ ...(await Connection.findOrFail(foreign.id)).$attributes }, before)
  })

  test('P6: how the platforms of an owner stand, and where to go', async ({ assert }) => {
    await aConnection(organization, { owner: 'ana', provider: 'spotify' })
    const { id } = await aConnection(organization, { owner: 'ana', status: 'needs_reauth', isActive: false })
    const { status, body } = await caller.get('/platforms/health?owner=ana')
    assert.equal(status, 200)
    assert.deepEqual(body, {
      health: [
        { platform: 'spotify', connected: true, status: 'healthy', reconnect_url: null },
        {
          platform: 'twitch',
          connected: true,
          status: 'needs_reconnect',
          reconnect_url: `${appUrl}/accounts/${id}/reconnect`,
        },
      ],
    })
    assert.deepEqual((await caller.get(`/platforms/health?owner=${foreign.owner}`)).body, { health: [] })
  })
})

test.group('API: refreshing one connection', (group) => {
  group.each.timeout(20_000)

  test('refreshes now and tells what came of it, a failure too; never with a token', async (context) => {
    const { assert } = context
    const later = (work: () => Promise<void> | void) => context.cleanup(work)
    const fixture = await engineFixture('sqlite', later)
    await lendToApplication(later, fixture)
    const id = await fixture.connect('ana', { token_expires_at: fixture.clock.now() + HOUR })
    const { organization_id: organizationId } = await fixture.row(id)
    const caller = await anApiCaller({ organizationId: String(organizationId) })
    const { status, body, text } = await caller.post(`/connections/${id}/refresh`)
    assert.equal(status, 200)
    assert.deepInclude(body, {
      connection_id: id,
      status: 'refreshed',
      reason: 'refreshed',
      error_code: null,
    })
    assert.isAbove(Date.parse(String(body.new_expires_at)), fixture.clock.now())
    assert.notInclude(text, fixture.server.liveTokenOf('ana'))
    fixture.server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
    const failed = await caller.post(`/connections/${id}/refresh`, {})
    assert.equal(failed.status, 200)
    assert.deepInclude(failed.body, { status: 'failed', reason: 'unavailable', new_expires_at: null })
    assert.isNotNull(failed.body.retry_at)
    await caller.post(`/connections/${id}/pause`)
    const paused = await caller.post(`/connections/${id}/refresh`)
    assert.deepInclude(paused.body, { status: 'skipped', reason: 'paused' })
    const stranger = await anApiCaller()
    assert.deepEqual(codeOf(await stranger.post(`/connections/${id}/refresh`)), [404, 'not_found'])
  })
})

test.group('API: refreshing many connections', (group) => {
  group.each.timeout(20_000)

  /** Waits, without watching the clock, until a run that goes on by itself has ended. */
  async function ended({ headers }: ApiAnswer): Promise<Run> {
    const id = headers.get('location')?.replace('/api/v1/runs/', '') ?? ''
    for (;;) {
      const run = await Run.findOrFail(id)
      if (run.finishedAt) return run
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async function scene(context: TestContext) {
    const later = (work: () => Promise<void> | void) => context.cleanup(work)
    const fixture = await engineFixture('sqlite', later)
    await lendToApplication(later, fixture)
    const far = fixture.clock.now() + 10 * HOUR
    const due = await fixture.connect('due', { tags: JSON.stringify(['vip']) })
    const fresh = await fixture.connect('fresh', { token_expires_at: far, tags: JSON.stringify(['vip']) })
    const other = await fixture.connect('other')
    const caller = await anApiCaller({ organizationId: '00000000-0000-7000-8000-00000000000a' })
    const refreshes = async () =>
      (await Promise.all([due, fresh, other].map((id) => fixture.row(id)))).map((row) => row.refresh_count)
    return { fixture, caller, due, fresh, other, refreshes }
  }

  test('of ids what is due is refreshed, with force all of them; the answer is a run', async (context) => {
    const { assert } = context
    const { caller, due, fresh, refreshes } = await scene(context)
    const answer = await caller.post('/connections/refresh', { ids: [due, fresh.toUpperCase()] })
    assert.equal(answer.status, 202)
    const run = {
      job: 'token:refresh',
      trigger: 'api',
      actor: `API key ${caller.apiKey.name}`,
      joined: false,
    }
    assert.deepInclude(answer.body, run)
    assert.deepInclude((await ended(answer)).$attributes, {
      state: 'finished',
      total: 2,
      refreshed: 1,
      skipped: 1,
    })
    assert.deepEqual(await refreshes(), [1, 0, 0])
    await ended(await caller.post('/connections/refresh', { ids: [fresh], force: true }))
    assert.deepEqual(await refreshes(), [1, 1, 0])
  })

  test('of a filter what it selects; the run keeps the words', async (context) => {
    const { assert } = context
    const { caller, refreshes } = await scene(context)
    const run = await ended(await caller.post('/connections/refresh', { filter: 'tag:vip', force: true }))
    assert.deepInclude(run.$attributes, { total: 2, refreshed: 2 })
    assert.include(JSON.stringify(run.selection), 'tag:vip')
    assert.deepEqual(await refreshes(), [1, 1, 0])
  })

  test('what selects nothing for sure is refused, and nobody reaches another organization’s', async (context) => {
    const { assert } = context
    const { caller, due, refreshes } = await scene(context)
    const stranger = await anApiCaller()
    const wrong: [ApiAnswer, string][] = [
      [await caller.post('/connections/refresh', {}), 'ids'],
      [await caller.post('/connections/refresh', { ids: [due], filter: 'tag:vip' }), 'ids'],
      [await caller.post('/connections/refresh', { ids: [] }), 'ids'],
      [await caller.post('/connections/refresh', { filter: 'stauts:due' }), 'filter'],
      [await caller.post('/connections/refresh', { filter: 'tag:vip', force: 'yes' }), 'force'],
      [await stranger.post('/connections/refresh', { ids: [due], force: true }), 'ids'],
    ]
    for (const [{ status, body }, field] of wrong) {
      assert.equal(status, 422)
      assert.containSubset(body.errors, [{ field }])
    }
    const none = await ended(await stranger.post('/connections/refresh', { filter: 'tag:vip', force: true }))
    assert.equal(none.total, 0)
    assert.deepEqual(await refreshes(), [0, 0, 0])
  })
})

test.group('API: importing one connection', (group) => {
  group.each.timeout(20_000)

  test('an account is taken over once, sealed, and told without its tokens; what is wrong is a sentence', async (context) => {
    const { assert } = context
    const later = (work: () => Promise<void> | void) => context.cleanup(work)
    const fixture = await engineFixture('sqlite', later)
    await lendToApplication(later, fixture)
    await fixture.connect('ana')
    const caller = await anApiCaller({ organizationId: '00000000-0000-7000-8000-00000000000a' })
    const line = {
      provider: 'acme',
      owner: 'ben',
      access_token: 'CANARY-access',
      refresh_token: 'CANARY-refresh',
    }
    const keyed = { 'idempotency-key': 'ben-1' }
    const made = await caller.post('/connections', line, keyed)
    assert.equal(made.status, 201)
    assert.deepInclude(made.body, { provider: 'acme', owner: 'ben', status: 'connected' })
    assert.equal(made.headers.get('location'), `/api/v1/connections/${made.body.id}`)
    assert.notInclude(made.text, 'CANARY')
    const replayed = await caller.post('/connections', line, keyed)
    assert.deepEqual([replayed.status, replayed.body], [201, made.body])
    const again = await caller.post('/connections', { ...line, access_token: 'CANARY-second' })
    assert.deepEqual([again.status, again.body.id], [200, made.body.id])
    assert.match(String((await fixture.row(String(made.body.id))).access_token), /^v1:k1:/)
    const kept = JSON.stringify(await fixture.all('SELECT * FROM idempotency_keys'))
    assert.notInclude(kept, 'CANARY')
    for (const [wrong, sentence] of [
      [{ ...line, acces_token: 'x' }, 'acces_token'],
      [{ ...line, provider: 'acne' }, 'acne'],
      [{ provider: 'acme', owner: 'ben' }, 'access_token'],
    ] as const) {
      const refused = await caller.post('/connections', wrong)
      assert.deepEqual(codeOf(refused), [422, 'validation_failed'])
      assert.include(String(refused.body.detail), sentence)
      assert.notInclude(refused.text, 'CANARY')
    }
    assert.lengthOf(await fixture.all('SELECT id FROM connections'), 2)
  })
})
