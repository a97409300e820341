/** Tokens by the API (P1, B4, X4): the answers and every error of the table in SPEC §5.3. */
import { test } from '@japa/runner'
import { anApiCaller, lendToApplication, type ApiAnswer, type ApiCaller } from '#tests/helpers/api_caller'
import { engineFixture, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'
import { managerFixture, type ManagerFixture } from '#tests/helpers/token_manager_fixture'
import { json } from '#tests/helpers/token_server'

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'
const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]

test.group('API: tokens', (group) => {
  let fixture: EngineFixture
  let manager: ManagerFixture
  let caller: ApiCaller
  group.each.timeout(20_000)
  group.each.setup(async (context) => {
    const later = (work: () => Promise<void> | void) => context.cleanup(work)
    fixture = await engineFixture('sqlite', later, { engine: { sleep: async () => {} } })
    manager = await managerFixture('sqlite', fixture, later)
    await lendToApplication(later, { engine: fixture.engine, tokens: manager.tokens })
  })

  /** A connection whose token was issued half an hour ago and ends in `left`, and a program of its organization. */
  const connect = async (account: string, left: number, values = {}) => {
    const id = await fixture.connect(account, {
      last_token_refresh_at: NOW - HOUR / 2,
      token_expires_at: NOW + left,
      next_refresh_at: NOW + left - 5 * MINUTE,
      ...values,
    })
    caller = await anApiCaller({ organizationId: ORGANIZATION, abilities: ['tokens:read'] })
    return id
  }
  const byOwner = (owner: string) => caller.get(`/token?provider=acme&owner=${owner}`)

  test('a token by owner and by connection, in the shape that callers rely on, kept by no cache', async ({
    assert,
  }) => {
    const id = await connect('ana', HOUR, { scopes: JSON.stringify(['read']) })
    const answer = await byOwner('ana')
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, {
      access_token: 'first-ana',
      token_type: 'Bearer',
      expires_at: new Date(NOW + HOUR).toISOString(),
      scopes: ['read'],
      connection_id: id,
    })
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.deepEqual((await caller.get(`/connections/${id}/token`)).body, answer.body)
  })

  test('a token that ends is refreshed first', async ({ assert }) => {
    await connect('ana', MINUTE)
    const { status, body } = await byOwner('ana')
    assert.equal(status, 200)
    assert.equal(fixture.server.accountOf(String(body.access_token)), 'ana')
  })

  test('what does not exist, and what another organization has, is a 404', async ({ assert }) => {
    const id = await connect('ana', HOUR)
    const stranger = await anApiCaller()
    const unknown = '00000000-0000-7000-8000-000000000000'
    for (const answer of [
      await byOwner('nobody'),
      await caller.get('/token?provider=nothing&owner=ana'),
      await caller.get(`/connections/${unknown}/token`),
      await caller.get('/connections/nonsense/token'),
      await stranger.get('/token?provider=acme&owner=ana'),
      await stranger.get(`/connections/${id}/token`),
      await stranger.post(`/connections/${id}/report-unauthorized`, {}),
    ]) {
      assert.deepEqual(codeOf(answer), [404, 'not_found'])
      assert.notInclude(answer.text, 'first-ana')
    }
    assert.equal(fixture.server.presented.length, 0)
  })

  for (const [what, values, code] of [
    ['needs a person', { status: 'needs_reauth', is_active: false }, 'reauth_required'],
    ['is suspended', { status: 'suspended', is_suspended: true, is_active: false }, 'account_suspended'],
    ['is locked', { status: 'error', status_reason: 'locked', is_active: false }, 'action_required'],
  ] as const) {
    test(`a connection that ${what} is a 409 ${code} with where to go`, async ({ assert }) => {
      const id = await connect('ana', HOUR, values)
      const answer = await byOwner('ana')
      assert.deepEqual(codeOf(answer), [409, code])
      assert.match(String(answer.body.reconnect_url), new RegExp(`^http.+/accounts/${id}`))
      assert.notInclude(answer.text, 'first-ana')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    })
  }

  test('an owner with several connections there must name one', async ({ assert }) => {
    await connect('ana', HOUR)
    await connect('ana-2', HOUR, { owner: 'ana' })
    assert.deepEqual(codeOf(await byOwner('ana')), [409, 'ambiguous_connection'])
  })

  test('between the strikes a lapsed token is a 503 with the time of the retry', async ({ assert }) => {
    const id = await connect('ana', -MINUTE)
    await fixture.update(id, { token_refresh_failed_at: NOW, next_refresh_at: NOW + 10 * MINUTE })
    const answer = await byOwner('ana')
    assert.deepEqual(codeOf(answer), [503, 'refresh_retrying'])
    assert.equal(answer.headers.get('retry-after'), '600')
    assert.include(String(answer.body.reconnect_url), id)
  })

  test('while the provider is away a lapsed token is a 503, never an old one', async ({ assert }) => {
    await connect('ana', -MINUTE)
    fixture.server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
    const answer = await byOwner('ana')
    assert.deepEqual(codeOf(answer), [503, 'provider_unavailable'])
    assert.isAbove(Number(answer.headers.get('retry-after')), 0)
    assert.notInclude(answer.text, 'first-ana')
  })

  test('the provider’s rate limit is a 429 with its wait', async ({ assert }) => {
    await connect('ana', -MINUTE)
    fixture.server.always((response) => json(response, 429, {}, { 'retry-after': '40' }))
    const answer = await byOwner('ana')
    assert.deepEqual(codeOf(answer), [429, 'rate_limited'])
    assert.equal(answer.headers.get('retry-after'), '40')
  })

  test('a token that was refused is refreshed, and the refused one is not answered again', async ({
    assert,
  }) => {
    const id = await connect('ana', HOUR)
    manager.says({ state: 'refused', reason: 'rejected' })
    const report = { access_token: 'first-ana' }
    const answer = await caller.post(`/connections/${id}/report-unauthorized`, report)
    assert.equal(answer.status, 200)
    assert.equal(fixture.server.accountOf(String(answer.body.access_token)), 'ana')
    assert.deepEqual((await byOwner('ana')).body, answer.body)
    const late = await caller.post(`/connections/${id}/report-unauthorized`, report)
    assert.deepEqual(late.body, answer.body)
    assert.equal(fixture.server.presented.length, 1)
  })

  test('a report that the provider contradicts changes nothing', async ({ assert }) => {
    const id = await connect('ana', HOUR)
    manager.says({ state: 'valid', reason: 'valid' })
    const { status, body } = await caller.post(`/connections/${id}/report-unauthorized`)
    assert.deepEqual([status, body.access_token], [200, 'first-ana'])
    assert.equal(fixture.server.presented.length, 0)
  })

  test('X4: which ids are usable now, and why the others are not; another organization’s are not found', async ({
    assert,
  }) => {
    const stranger = await anApiCaller()
    const [fine, ended] = [await connect('fine', HOUR), await connect('ended', -SECOND)]
    const ids = { connection_ids: [fine, ended, 'nonsense'] }
    const { status, body } = await caller.post('/tokens/validate', { ...ids, auto_refresh: true })
    assert.equal(status, 200)
    assert.sameMembers(Object.keys(body), ['valid_connection_ids', 'results'])
    const results = body.results as Record<string, unknown>[]
    assert.deepEqual(
      results.map(({ connection_id: id, valid, reason }) => [id, valid, reason]),
      [
        [fine, true, 'no_validation'],
        [ended, true, 'refreshed'],
        ['nonsense', false, 'not_found'],
      ]
    )
    const foreign = (await stranger.post('/tokens/validate', ids)).body
    assert.deepEqual(foreign.valid_connection_ids, [])
    assert.notMatch(JSON.stringify(body), /first-|refresh-token|v1:k1/)
  })
})
