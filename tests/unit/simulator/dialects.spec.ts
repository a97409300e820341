/**
 * The dialects, asked by hand: one request as the vendor's page has it, and requests that the vendor refuses. The bodies
 * are compared with the pages' own samples, so that a mistake of the simulator does not become one of the definitions.
 */
import { test } from '@japa/runner'
import { ask, basic, bearer, simulatorFor, type RawRequest } from '#tests/unit/simulator/helpers'

interface Sample {
  dialect: string
  /** A refresh as it should be, with the token that is to be presented. */
  refresh: (token: string) => RawRequest
  /** What the answer holds, beside its tokens. */
  holds: Record<string, unknown>
  /** What makes a refresh wrong, and the answer to it. */
  wrong: { why: string; change: (request: RawRequest) => RawRequest; status: number; body?: object }[]
}

const without = (request: RawRequest, ...names: string[]): RawRequest => ({
  ...request,
  form: Object.fromEntries(Object.entries(request.form ?? {}).filter(([name]) => !names.includes(name))),
})
const asJson = ({ form, ...request }: RawRequest): RawRequest => ({ ...request, json: form })
const refreshOf = (refresh_token: string) => ({ grant_type: 'refresh_token', refresh_token })

const SAMPLES: Sample[] = [
  {
    dialect: 'twitch',
    refresh: (token) => ({
      url: 'https://id.twitch.tv/oauth2/token',
      form: {
        ...refreshOf(token),
        client_id: 'simulated-twitch-client',
        client_secret: 'simulated-twitch-secret',
      },
    }),
    holds: { expires_in: 14_400, scope: ['chat:read', 'user:read:email'], token_type: 'bearer' },
    wrong: [
      {
        why: 'GET',
        change: ({ url, form }) => ({ url, query: form }),
        status: 404,
      },
      {
        why: 'a wrong secret',
        change: (request) => ({ ...request, form: { ...request.form, client_secret: 'another' } }),
        status: 403,
        body: { status: 403, message: 'invalid client secret' },
      },
    ],
  },
  {
    dialect: 'x',
    refresh: (token) => ({
      url: 'https://api.x.com/2/oauth2/token',
      headers: basic('simulated-x-client', 'simulated-x-secret'),
      form: refreshOf(token),
    }),
    holds: { token_type: 'bearer', expires_in: 7_200, scope: 'tweet.read users.read offline.access' },
    wrong: [
      {
        why: 'Basic beside credentials in the body',
        change: (request) => ({ ...request, form: { ...request.form, client_id: 'simulated-x-client' } }),
        status: 401,
        body: { error: 'unauthorized_client', error_description: 'Missing valid authorization header' },
      },
      { why: 'no client at all', change: ({ url, form }) => ({ url, form }), status: 401 },
    ],
  },
  {
    dialect: 'spotify',
    refresh: (token) => ({
      url: 'https://accounts.spotify.com/api/token',
      headers: basic('simulated-spotify-client', 'simulated-spotify-secret'),
      form: refreshOf(token),
    }),
    holds: { token_type: 'Bearer', scope: 'user-read-email', expires_in: 3_600, refresh_token: undefined },
    wrong: [
      {
        why: 'a wrong secret',
        change: (request) => ({ ...request, headers: basic('simulated-spotify-client', 'no') }),
        status: 400,
        body: { error: 'invalid_client', error_description: 'Invalid client secret' },
      },
    ],
  },
  {
    dialect: 'discord',
    refresh: (token) => ({
      url: 'https://discord.com/api/oauth2/token',
      headers: basic('157730590492196864', 'simulated-discord-secret'),
      form: refreshOf(token),
    }),
    holds: { token_type: 'Bearer', expires_in: 604_800, scope: 'identify email' },
    wrong: [{ why: 'JSON', change: asJson, status: 400 }],
  },
  {
    dialect: 'google',
    refresh: (token) => ({
      url: 'https://oauth2.googleapis.com/token',
      form: {
        ...refreshOf(token),
        client_id: 'simulated.apps.googleusercontent.com',
        client_secret: 'simulated-google-secret',
      },
    }),
    holds: { expires_in: 3_599, token_type: 'Bearer', refresh_token: undefined },
    wrong: [
      {
        why: 'no secret',
        change: (request) => without(request, 'client_secret'),
        status: 401,
        body: { error: 'invalid_client', error_description: 'The OAuth client was not found.' },
      },
    ],
  },
  {
    dialect: 'github',
    refresh: (token) => ({
      url: 'https://github.com/login/oauth/access_token',
      headers: { accept: 'application/json' },
      form: { ...refreshOf(token), client_id: 'Iv1.simulated', client_secret: 'simulated-github-secret' },
    }),
    holds: { expires_in: 28_800, refresh_token_expires_in: 15_897_600, scope: '', token_type: 'bearer' },
    wrong: [
      {
        why: 'a wrong secret',
        change: (request) => ({ ...request, form: { ...request.form, client_secret: 'another' } }),
        status: 200,
      },
    ],
  },
  {
    dialect: 'meta',
    refresh: (token) => ({
      url: 'https://graph.facebook.com/v23.0/oauth/access_token',
      query: {
        grant_type: 'fb_exchange_token',
        client_id: '1234567890',
        client_secret: 'simulated-meta-secret',
        fb_exchange_token: token,
      },
    }),
    holds: { token_type: 'bearer', refresh_token: undefined },
    wrong: [
      {
        why: 'a wrong secret',
        change: (request) => ({ ...request, query: { ...request.query, client_secret: 'another' } }),
        status: 400,
      },
      { why: 'POST', change: ({ url, query }) => ({ url, form: query }), status: 405 },
    ],
  },
  {
    dialect: 'instagram',
    refresh: (token) => ({
      url: 'https://graph.instagram.com/refresh_access_token',
      query: { grant_type: 'ig_refresh_token', access_token: token },
    }),
    holds: { token_type: 'bearer', permissions: 'instagram_business_basic' },
    wrong: [
      {
        why: 'client credentials',
        change: (request) => ({
          ...request,
          query: { ...request.query, client_id: '9876543210', client_secret: 'simulated-instagram-secret' },
        }),
        status: 400,
      },
    ],
  },
  {
    dialect: 'linkedin',
    refresh: (token) => ({
      url: 'https://www.linkedin.com/oauth/v2/accessToken',
      form: {
        ...refreshOf(token),
        client_id: 'simulated-linkedin-client',
        client_secret: 'simulated-linkedin-secret',
      },
    }),
    holds: { expires_in: 5_184_000, scope: 'openid profile email' },
    wrong: [
      {
        why: 'Basic in place of the body',
        change: (request) => ({
          ...without(request, 'client_id', 'client_secret'),
          headers: basic('simulated-linkedin-client', 'simulated-linkedin-secret'),
        }),
        status: 401,
      },
    ],
  },
  {
    dialect: 'reddit',
    refresh: (token) => ({
      url: 'https://www.reddit.com/api/v1/access_token',
      headers: {
        ...basic('simulated-reddit-client', 'simulated-reddit-secret'),
        'user-agent': 'web:example:v1.0 (by /u/someone)',
      },
      form: refreshOf(token),
    }),
    holds: { token_type: 'bearer', expires_in: 3_600, scope: 'identity read' },
    wrong: [
      {
        why: 'the User-Agent of a library',
        change: (request) => ({ ...request, headers: { ...request.headers, 'user-agent': 'undici' } }),
        status: 429,
      },
    ],
  },
  {
    dialect: 'slack',
    refresh: (token) => ({
      url: 'https://slack.com/api/oauth.v2.access',
      form: { ...refreshOf(token), client_id: '11111.22222', client_secret: 'simulated-slack-secret' },
    }),
    holds: { ok: true, expires_in: 43_200, token_type: 'bot', team: { id: 'T1', name: 'Team' } },
    wrong: [
      {
        why: 'a wrong secret',
        change: (request) => ({ ...request, form: { ...request.form, client_secret: 'another' } }),
        status: 200,
        body: { ok: false, error: 'bad_client_secret' },
      },
      {
        why: 'an unknown grant type',
        change: (request) => ({ ...request, form: { ...request.form, grant_type: 'refresh' } }),
        status: 200,
        body: { ok: false, error: 'invalid_grant_type' },
      },
    ],
  },
  {
    dialect: 'notion',
    refresh: (token) => ({
      url: 'https://api.notion.com/v1/oauth/token',
      headers: {
        ...basic('simulated-notion-client', 'simulated-notion-secret'),
        'notion-version': '2026-03-11',
      },
      json: refreshOf(token),
    }),
    holds: { token_type: 'bearer', workspace_name: 'WS', expires_in: undefined, scope: undefined },
    wrong: [
      {
        why: 'a form',
        change: ({ json, ...request }) => ({ ...request, form: json }),
        status: 400,
      },
      {
        why: 'no Notion-Version',
        change: (request) => ({
          ...request,
          headers: basic('simulated-notion-client', 'simulated-notion-secret'),
        }),
        status: 400,
      },
    ],
  },
  {
    dialect: 'oauth2',
    refresh: (token) => ({
      url: 'https://login.simulated.example/token',
      headers: basic('oauth2-client', 'oauth2-secret'),
      form: refreshOf(token),
    }),
    holds: { token_type: 'Bearer', expires_in: 3_600 },
    wrong: [
      {
        why: 'an unknown grant type',
        change: (request) => ({ ...request, form: { ...request.form, grant_type: 'password' } }),
        status: 400,
        body: { error: 'unsupported_grant_type', error_description: 'No such grant here' },
      },
    ],
  },
  {
    dialect: 'mcp',
    refresh: (token) => ({
      url: 'https://auth.simulated-mcp.example/token',
      form: {
        ...refreshOf(token),
        client_id: 'simulated-mcp-client',
        resource: 'https://mcp.simulated.example/mcp',
      },
    }),
    holds: { token_type: 'Bearer', expires_in: 3_600 },
    wrong: [{ why: 'no resource', change: (request) => without(request, 'resource'), status: 400 }],
  },
]

const DAY = 86_400_000

test.group('Simulated dialects', () => {
  for (const { dialect, refresh, holds, wrong } of SAMPLES) {
    test(`${dialect}: grants a refresh that is as its page has it`, async (context) => {
      const { assert } = context
      const simulator = await simulatorFor(context)
      const issued = simulator.vendor(dialect).grant('1001')
      simulator.clock.advance(DAY)
      const { status, body } = await ask(simulator, refresh((issued.refresh ?? issued.access).value))
      assert.equal(status, 200)
      const account = simulator.vendor(dialect).account('1001')
      assert.equal(body.access_token, account.living('access')?.value)
      for (const [name, value] of Object.entries(holds)) assert.deepEqual(body[name], value, name)
      assert.deepEqual(simulator.log.misshapen, [])
    })

    for (const { why, change, status, body } of wrong) {
      test(`${dialect}: refuses a refresh with ${why}, and spends nothing`, async (context) => {
        const { assert } = context
        const simulator = await simulatorFor(context)
        const issued = simulator.vendor(dialect).grant('1001')
        simulator.clock.advance(DAY)
        const right = refresh((issued.refresh ?? issued.access).value)
        const answer = await ask(simulator, change(right))
        assert.equal(answer.status, status)
        if (body) assert.deepEqual(answer.body, body)
        assert.notExists(answer.body.access_token)
        assert.lengthOf(simulator.log.misshapen, 1)
        const next = await ask(simulator, right)
        assert.exists(next.body.access_token)
      })
    }
  }

  test('github: answers as a form unless JSON is asked for', async (context) => {
    const simulator = await simulatorFor(context)
    const issued = simulator.vendor('github').grant('1001')
    const sample = SAMPLES.find(({ dialect }) => dialect === 'github')
    const answer = await ask(simulator, { ...sample!.refresh(issued.refresh!.value), headers: {} })
    context.assert.match(answer.headers.get('content-type') ?? '', /form-urlencoded/)
    context.assert.match(answer.text, /^access_token=ghu_/)
  })

  test('github: a refresh ends the old access token too', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const issued = simulator.vendor('github').grant('1001')
    const sample = SAMPLES.find(({ dialect }) => dialect === 'github')
    const url = 'https://api.github.com/user'
    assert.equal((await ask(simulator, { url, headers: bearer(issued.access.value) })).status, 200)
    await ask(simulator, sample!.refresh(issued.refresh!.value))
    const after = await ask(simulator, { url, headers: bearer(issued.access.value) })
    assert.deepInclude(after.body, { message: 'Bad credentials' })
  })

  test('twitch: the validation wants its own scheme', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const token = simulator.vendor('twitch').grant('1234').access.value
    const url = 'https://id.twitch.tv/oauth2/validate'
    const good = await ask(simulator, { url, headers: { authorization: `OAuth ${token}` } })
    assert.deepInclude(good.body, { user_id: '1234', client_id: 'simulated-twitch-client' })
    const bad = await ask(simulator, { url, headers: bearer(token) })
    assert.deepInclude(bad, { status: 401, body: { status: 401, message: 'invalid access token' } })
  })

  test('instagram: a token under 24 hours is not renewed', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const token = simulator.vendor('instagram').grant('1001').access.value
    const request = SAMPLES.find(({ dialect }) => dialect === 'instagram')!.refresh(token)
    simulator.clock.advance(DAY - 1)
    assert.equal((await ask(simulator, request)).status, 400)
    simulator.clock.advance(1)
    assert.equal((await ask(simulator, request)).status, 200)
  })
})
