import { createHash } from 'node:crypto'
import { test } from '@japa/runner'
import { genericDialect } from '#simulator/dialects/generic'
import { parseFlags } from '#simulator/flags'
import type { Simulator } from '#simulator/simulator'
import { simulatorTransport } from '#simulator/transport'
import { ask, basic, bearer, simulatorFor, type RawRequest } from '#tests/unit/simulator/helpers'

const token = 'https://login.simulated.example/token'
const headers = basic('oauth2-client', 'oauth2-secret')
const refreshOf = (value: string): RawRequest => ({
  url: token,
  headers,
  form: { grant_type: 'refresh_token', refresh_token: value },
})

async function standard(simulator: Simulator) {
  const vendor = simulator.vendor('oauth2')
  const issued = vendor.grant('1001')
  return {
    vendor,
    account: vendor.account('1001'),
    access: issued.access.value,
    refresh: issued.refresh!.value,
  }
}

test.group('Simulated tokens', () => {
  test('a single-use token works once, and its second use is counted', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const { account, refresh } = await standard(simulator)
    assert.equal((await ask(simulator, refreshOf(refresh))).status, 200)
    const again = await ask(simulator, refreshOf(refresh))
    assert.deepInclude(again.body, { error: 'invalid_grant' })
    assert.deepInclude(account, { refreshes: 1, reuses: 1 })
    assert.deepEqual(
      simulator.log.of(refresh).map(({ verdict }) => verdict),
      ['ok', 'dead']
    )
  })

  test('within its grace a spent token works once more, and not after it', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const value = simulator.vendor('slack').grant('1001').refresh!.value
    const request = {
      url: 'https://slack.com/api/oauth.v2.access',
      headers: basic('11111.22222', 'simulated-slack-secret'),
      form: { grant_type: 'refresh_token', refresh_token: value },
    }
    for (const [wait, ok] of [
      [0, true],
      [59_999, true],
      [1, false],
    ] as const) {
      simulator.clock.advance(wait)
      assert.equal((await ask(simulator, request)).body.ok, ok)
    }
  })

  test('at most two of a Slack account’s access tokens live', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const vendor = simulator.vendor('slack')
    let { access, refresh } = vendor.grant('1001')
    const first = access
    for (let round = 0; round < 2; round++) {
      await ask(simulator, {
        url: 'https://slack.com/api/oauth.v2.access',
        headers: basic('11111.22222', 'simulated-slack-secret'),
        form: { grant_type: 'refresh_token', refresh_token: refresh!.value },
      })
      refresh = vendor.account('1001').living('refresh')
    }
    access = vendor.account('1001').tokens.filter(({ kind }) => kind === 'access')[1]
    assert.isFalse(first.live)
    assert.isTrue(access.live)
  })

  test('a lost answer has rotated all the same', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const { account, refresh } = await standard(simulator)
    account.say('lost', { times: 1 })
    await assert.rejects(() => ask(simulator, refreshOf(refresh)))
    assert.equal(account.refreshes, 1)
    assert.equal((await ask(simulator, refreshOf(refresh))).status, 400)
    assert.equal((await ask(simulator, refreshOf(account.living('refresh')!.value))).status, 200)
  })

  test('a false revocation passes by itself', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const { account, refresh } = await standard(simulator)
    account.say('false_revocation', { times: 2 })
    const statuses = []
    for (let call = 0; call < 3; call++) statuses.push((await ask(simulator, refreshOf(refresh))).status)
    assert.deepEqual(statuses, [400, 400, 200])
  })

  test('an access token ends with its life, by the clock of the simulator', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const { access } = await standard(simulator)
    const request = { url: 'https://login.simulated.example/userinfo', headers: bearer(access) }
    simulator.clock.advance(3_599_999)
    assert.equal((await ask(simulator, request)).status, 200)
    simulator.clock.advance(1)
    assert.equal((await ask(simulator, request)).status, 401)
  })

  test('a LinkedIn token lasts a year from the consent, and its access tokens no longer', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const { refresh } = simulator.vendor('linkedin').grant('1001')
    const request = {
      url: 'https://www.linkedin.com/oauth/v2/accessToken',
      form: {
        grant_type: 'refresh_token',
        refresh_token: refresh!.value,
        client_id: 'simulated-linkedin-client',
        client_secret: 'simulated-linkedin-secret',
      },
    }
    simulator.clock.advance(355 * 86_400_000)
    const { body } = await ask(simulator, request)
    assert.deepInclude(body, {
      refresh_token: refresh!.value,
      refresh_token_expires_in: 864_000,
      expires_in: 864_000,
    })
    simulator.clock.advance(10 * 86_400_000)
    assert.equal((await ask(simulator, request)).status, 400)
  })
})

test.group('Simulated consent', () => {
  const verifier = 'v'.repeat(43)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const redirectUri = 'https://evergrant.example/callback'
  const resource = 'https://mcp.simulated.example/mcp'
  const authorize = (more: Record<string, string>): RawRequest => ({
    url: 'https://auth.simulated-mcp.example/authorize',
    query: {
      response_type: 'code',
      client_id: 'simulated-mcp-client',
      redirect_uri: redirectUri,
      state: 's',
      resource,
      ...more,
    },
  })
  const s256 = { code_challenge: challenge, code_challenge_method: 'S256' }
  const codeFrom = async (simulator: Simulator) => {
    const answer = await ask(simulator, authorize(s256))
    return new URL(answer.headers.get('location')!).searchParams
  }
  const exchange = (code: string, more: Record<string, string> = {}): RawRequest => ({
    url: 'https://auth.simulated-mcp.example/token',
    form: {
      grant_type: 'authorization_code',
      client_id: 'simulated-mcp-client',
      code_verifier: verifier,
      code,
      redirect_uri: redirectUri,
      resource,
      ...more,
    },
  })

  test('redirects back with code, state and issuer', async (context) => {
    const simulator = await simulatorFor(context)
    const params = await codeFrom(simulator)
    context.assert.match(params.get('code') ?? '', /^code-/)
    context.assert.equal(params.get('state'), 's')
    context.assert.equal(params.get('iss'), 'https://auth.simulated-mcp.example')
  })

  test('refuses a request without PKCE where it is demanded, and one with plain', async (context) => {
    const simulator = await simulatorFor(context)
    context.assert.equal((await ask(simulator, authorize({}))).status, 400)
    const plain = { code_challenge: verifier, code_challenge_method: 'plain' }
    context.assert.equal((await ask(simulator, authorize(plain))).status, 400)
  })

  test('a code serves once', async (context) => {
    const simulator = await simulatorFor(context)
    const code = (await codeFrom(simulator)).get('code')!
    context.assert.equal((await ask(simulator, exchange(code))).status, 200)
    context.assert.equal((await ask(simulator, exchange(code))).status, 400)
  })

  for (const [why, change] of Object.entries<Record<string, string>>({
    'another verifier': { code_verifier: 'w'.repeat(43) },
    'another redirect address': { redirect_uri: 'https://evergrant.example/other' },
    'another resource': { resource: 'https://other.example/mcp' },
  })) {
    test(`a code is worth nothing with ${why}`, async (context) => {
      const simulator = await simulatorFor(context)
      const code = (await codeFrom(simulator)).get('code')!
      context.assert.equal((await ask(simulator, exchange(code, change))).status, 400)
    })
  }

  test('a code of X is worth nothing after half a minute', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const back = await ask(simulator, {
      url: 'https://x.com/i/oauth2/authorize',
      query: {
        ...authorize(s256).query!,
        client_id: 'simulated-x-client',
        scope: 'tweet.read users.read',
      },
    })
    const code = new URL(back.headers.get('location')!).searchParams.get('code')!
    simulator.clock.advance(30_000)
    const answer = await ask(simulator, {
      url: 'https://api.x.com/2/oauth2/token',
      headers: basic('simulated-x-client', 'simulated-x-secret'),
      form: { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
    })
    assert.equal(answer.status, 400)
  })

  for (const [asked, given] of [
    [{ access_type: 'offline', prompt: 'consent' }, true],
    [{ access_type: 'offline' }, false],
  ] as const) {
    test(`Google gives ${given ? 'a' : 'no'} refresh token for ${JSON.stringify(asked)}`, async (context) => {
      const simulator = await simulatorFor(context)
      const client = { client_id: 'simulated.apps.googleusercontent.com' }
      const back = await ask(simulator, {
        url: 'https://accounts.google.com/o/oauth2/v2/auth',
        query: { response_type: 'code', redirect_uri: redirectUri, state: 's', ...client, ...asked },
      })
      const code = new URL(back.headers.get('location')!).searchParams.get('code')!
      const secret = { client_secret: 'simulated-google-secret' }
      const { body } = await ask(simulator, {
        url: 'https://oauth2.googleapis.com/token',
        form: { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...client, ...secret },
      })
      context.assert.equal('refresh_token' in body, given)
    })
  }
})

test.group('Simulated Meta', () => {
  const url = 'https://graph.facebook.com/v23.0/me/accounts'
  const exchange = (value: string): RawRequest => ({
    url: 'https://graph.facebook.com/v23.0/oauth/access_token',
    query: {
      grant_type: 'fb_exchange_token',
      client_id: '1234567890',
      client_secret: 'simulated-meta-secret',
      fb_exchange_token: value,
    },
  })

  test('pages come and go, page by page', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const vendor = simulator.vendor('meta')
    const { access } = vendor.grant('5')
    for (const id of ['10', '11', '12']) vendor.account('5').addChild(id, `Page ${id}`)
    vendor.account('5').removeChild('11')
    const list = async (query: Record<string, string>) => {
      const { body } = await ask(simulator, { url, query: { access_token: access.value, ...query } })
      return body as { data: { id: string; access_token: string }[]; paging: { next?: string } }
    }
    const first = await list({ limit: '1' })
    assert.deepEqual(
      first.data.map(({ id }) => id),
      ['10']
    )
    assert.isString(first.paging.next)
    const second = await list({ limit: '1', after: '10' })
    assert.deepEqual(
      second.data.map(({ id }) => id),
      ['12']
    )
    assert.notProperty(second.paging, 'next')
  })

  test('page tokens stay until the person’s token is another, and end with the grant', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const vendor = simulator.vendor('meta')
    const { access } = vendor.grant('5')
    vendor.account('5').addChild('10', 'Page')
    const pageToken = async (value: string) => {
      const { body } = await ask(simulator, { url, query: { access_token: value } })
      return (body as { data: { access_token: string }[] }).data[0].access_token
    }
    const one = await pageToken(access.value)
    assert.equal(await pageToken(access.value), one)
    const { body } = await ask(simulator, exchange(access.value))
    assert.notEqual(await pageToken(String(body.access_token)), one)
    const me = { url: 'https://graph.facebook.com/v23.0/me', query: { fields: 'id,name', access_token: one } }
    assert.deepEqual((await ask(simulator, me)).body, { id: '10', name: 'Page' })
    vendor.account('5').revoke()
    assert.equal((await ask(simulator, me)).status, 400)
  })

  test('a long-lived token is exchanged for what is left of its life, unless told otherwise', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const vendor = simulator.vendor('meta')
    const { access } = vendor.grant('5')
    simulator.clock.advance(1_000_000)
    const kept = await ask(simulator, exchange(access.value))
    assert.equal(kept.body.expires_in, 5_182_944)
    vendor.account('5').say('extended')
    const renewed = await ask(simulator, exchange(String(kept.body.access_token)))
    assert.equal(renewed.body.expires_in, 5_183_944)
  })
})

test.group('Simulator', () => {
  test('a vendor that nobody simulates is not found, and nothing leaves the machine', async (context) => {
    const simulator = await simulatorFor(context)
    const transport = simulatorTransport(simulator, { clock: { now: () => 0, monotonic: () => 0 } })
    context.cleanup(() => transport.close())
    const request = { method: 'GET' as const, url: 'https://example.com/token', headers: {} }
    const exchange = await transport.send(request, { deadline: 1_000, allowPrivate: true })
    context.assert.deepInclude(exchange, { ok: false, sent: false, code: 'host_not_found' })
  })

  test('a dialect by data answers for each tenant under its own host', async (context) => {
    const { assert } = context
    const shop = genericDialect({
      id: 'shop',
      page: 'https://shop.example/docs',
      code: {
        url: 'https://{shop}.shop.example/oauth/token',
        body: 'json',
        client: 'params',
        clientNames: { id: 'client_key', secret: 'client_secret' },
        grantType: null,
        answer: ({ access, refresh, parts }) => ({ data: { token: access, refresh }, shop: parts.shop }),
      },
      refresh: { params: { mode: /^renew$/ } },
    })
    const simulator = await simulatorFor(context, [shop])
    const value = simulator.vendor('shop').grant('1').refresh!.value
    const json = {
      client_key: 'shop-client',
      client_secret: 'shop-secret',
      refresh_token: value,
      mode: 'renew',
    }
    const url = 'https://orbit.shop.example/oauth/token'
    const wrong = await ask(simulator, { url, json: { ...json, mode: 'other' } })
    assert.equal(wrong.status, 400)
    assert.equal((await ask(simulator, { url, json })).body.shop, 'orbit')
    assert.isNull(simulator.urlFor('https://orbit.shop.example.evil.example/oauth/token'))
  })

  test('is controlled over HTTP, and says in a sentence what it does not understand', async (context) => {
    const { assert } = context
    const simulator = await simulatorFor(context)
    const tell = async (task: string, fields: Record<string, string>) => {
      const body = new URLSearchParams(fields)
      const answer = await fetch(`${simulator.origin}/_control/${task}`, { method: 'POST', body })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    }
    const of = { dialect: 'oauth2', account: '1001' }
    const { body } = await tell('grant', of)
    await tell('mode', { ...of, mode: 'dead' })
    assert.equal((await ask(simulator, refreshOf(String(body.refresh_token)))).status, 400)
    assert.match(String((await tell('mode', { ...of, mode: 'ded' })).body.problem), /no mode "ded"/)
    assert.match(String((await tell('grant', { dialect: 'twich' })).body.problem), /no dialect "twich"/)
    assert.match(String((await tell('clock', { seconds: '-1' })).body.problem), /above 0/)
    assert.equal((await tell('nothing', {})).status, 400)
  })

  test('a request that cannot be read harms nobody', async (context) => {
    const simulator = await simulatorFor(context)
    const answer = await fetch(`${simulator.origin}/%zz/`)
    context.assert.equal(answer.status, 500)
    const { refresh } = await standard(simulator)
    context.assert.equal((await ask(simulator, refreshOf(refresh))).status, 200)
  })

  test('its flags are checked, in a sentence', ({ assert }) => {
    assert.deepEqual(parseFlags(['--port=0', '--write-providers-file=p.json']), {
      ok: true,
      flags: { port: 0, providersFile: 'p.json', help: false },
    })
    for (const wrong of ['--port=abc', '--port=70000', '--prot=1', 'more', '--write-providers-file=']) {
      const parsed = parseFlags([wrong])
      assert.isFalse(parsed.ok, wrong)
      if (!parsed.ok) assert.match(parsed.problem, /\S \S.*[.\]]$/)
    }
  })
})
