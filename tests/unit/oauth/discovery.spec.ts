import { test } from '@japa/runner'
import { createDiscovery } from '#oauth/discovery'
import { metadataUrls } from '#oauth/server_metadata'
import type { Exchange, Transport } from '#oauth/types'
import { answered, NOW, provider } from './helpers.js'

const ISSUER = 'https://login.acme.example'
const DOCUMENT = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  authorization_response_iss_parameter_supported: true,
  token_endpoint_auth_methods_supported: ['client_secret_post', 7],
  jwks_uri: `${ISSUER}/jwks`,
}

const LOST: Exchange = { ok: false, sent: true, code: 'timeout', description: null, receivedAt: NOW }

/** A discovery over answers by URL; what is not listed answers 404. */
function rig(answers: Record<string, Exchange | unknown>, issuer = ISSUER) {
  const asked: string[] = []
  const time = { now: 0 }
  const transport: Transport = {
    async send({ url }) {
      asked.push(url)
      const answer = answers[url] ?? answers['*']
      if (answer === undefined) return answered(404, '')
      return (answer as Exchange).receivedAt === undefined ? answered(200, answer) : (answer as Exchange)
    },
  }
  const clock = { now: () => NOW, monotonic: () => time.now }
  const made = provider({ server: { issuer } })
  const discovery = createDiscovery({ transport, clock })
  const code = async (given = made) => {
    const result = await discovery.resolve(given)
    return result.ok ? 'ok' : `${result.failure.class} ${result.failure.code}`
  }
  return { asked, time, answers, discovery, provider: made, code, clock }
}

const RFC8414 = `${ISSUER}/.well-known/oauth-authorization-server`
const OPENID = `${ISSUER}/.well-known/openid-configuration`

test.group('Discovery', () => {
  test('an issuer with a path has three places, one without has two', ({ assert }) => {
    assert.deepEqual(metadataUrls(ISSUER), [RFC8414, OPENID])
    assert.deepEqual(metadataUrls(`${ISSUER}/tenant/`), [
      `${RFC8414}/tenant`,
      `${OPENID}/tenant`,
      `${ISSUER}/tenant/.well-known/openid-configuration`,
    ])
  })

  test('endpoints that the definition names need no request, and win over discovered ones', async ({
    assert,
  }) => {
    const { discovery, asked } = rig({ [RFC8414]: DOCUMENT })
    const server = { issuer: ISSUER, token_endpoint: 'https://other.example/token' }
    const made = provider({ server })
    assert.deepEqual(await discovery.resolve(made), { ok: true, server })
    assert.lengthOf(asked, 0)
    const full = await discovery.resolve(made, ['token_endpoint', 'authorization_endpoint'])
    assert.containSubset(full, {
      ok: true,
      server: { ...server, authorization_endpoint: DOCUMENT.authorization_endpoint },
    })
  })

  test('known fields are taken from RFC 8414 metadata, else from OpenID configuration', async ({
    assert,
  }) => {
    const first = rig({ [RFC8414]: DOCUMENT })
    const expected: Partial<typeof DOCUMENT> = { ...DOCUMENT }
    delete expected.jwks_uri
    Object.assign(expected, { token_endpoint_auth_methods_supported: ['client_secret_post'] })
    assert.deepEqual(await first.discovery.resolve(first.provider), { ok: true, server: expected as object })
    const second = rig({ [OPENID]: DOCUMENT })
    assert.equal(await second.code(), 'ok')
    assert.deepEqual(second.asked, [RFC8414, OPENID])
  })

  test('metadata for another issuer is refused, even for one slash', async ({ assert }) => {
    for (const issuer of ['https://evil.example', `${ISSUER}/`, undefined, 7]) {
      assert.equal(await rig({ '*': { ...DOCUMENT, issuer } }).code(), 'configuration issuer_mismatch')
    }
  })

  test('endpoints on http or private addresses are refused, unless private ones are allowed', async ({
    assert,
  }) => {
    for (const endpoint of [
      'http://login.acme.example/token',
      'https://127.0.0.1/token',
      'https://[::1]/t',
      'no url',
    ]) {
      const { code } = rig({ '*': { ...DOCUMENT, token_endpoint: endpoint } })
      assert.equal(await code(), 'configuration unsafe_metadata', endpoint)
    }
    const open = rig({ '*': { ...DOCUMENT, token_endpoint: 'http://127.0.0.1:9/token' } })
    assert.equal(await open.code(provider({ server: { issuer: ISSUER }, allowPrivate: true })), 'ok')
  })

  test('failures are values, and none is in doubt', async ({ assert }) => {
    assert.equal(await rig({}).code(), 'configuration no_metadata')
    assert.equal(await rig({ '*': answered(200, '<html>') }).code(), 'configuration no_metadata')
    assert.equal(await rig({ '*': answered(503, '') }).code(), 'unavailable http_503')
    assert.equal(await rig({ '*': LOST }).code(), 'not_sent timeout')
    assert.equal(await rig({ '*': { issuer: ISSUER } }).code(), 'configuration missing_endpoint')
    const { discovery } = rig({})
    assert.containSubset(await discovery.resolve(provider({ server: {} })), {
      ok: false,
      failure: { code: 'missing_endpoint' },
    })
  })

  test('a document is asked for once at a time and once an hour', async ({ assert }) => {
    const { asked, time, code } = rig({ [RFC8414]: DOCUMENT })
    await Promise.all([code(), code(), code()])
    time.now = 3_599_000
    await code()
    assert.lengthOf(asked, 1)
    time.now = 3_600_000
    await code()
    assert.lengthOf(asked, 2)
  })

  test('what was forgotten is asked for again, so a moved endpoint is found', async ({ assert }) => {
    const { discovery, answers, provider: made } = rig({ [RFC8414]: DOCUMENT })
    await discovery.resolve(made)
    answers[RFC8414] = { ...DOCUMENT, token_endpoint: `${ISSUER}/v2/token` }
    discovery.forget(made)
    assert.containSubset(await discovery.resolve(made), { server: { token_endpoint: `${ISSUER}/v2/token` } })
  })

  test('while the issuer is away its last word serves, unless that was to be forgotten', async ({
    assert,
  }) => {
    const { discovery, answers, time, code, provider: made } = rig({ [RFC8414]: DOCUMENT })
    await code()
    delete answers[RFC8414]
    answers['*'] = LOST
    time.now = 7_200_000
    assert.equal(await code(), 'ok')
    discovery.forget(made)
    assert.equal(await code(), 'not_sent timeout')
  })

  test('a token endpoint that moves to a stranger is refused', async ({ assert }) => {
    const {
      discovery,
      answers,
      code,
      provider: made,
    } = rig({
      [RFC8414]: { ...DOCUMENT, token_endpoint: 'https://a.example/t' },
    })
    assert.equal(await code(), 'ok')
    answers[RFC8414] = { ...DOCUMENT, token_endpoint: 'https://evil.example/t' }
    discovery.forget(made)
    assert.equal(await code(), 'configuration token_endpoint_moved')
    answers[RFC8414] = DOCUMENT
    assert.equal(await code(), 'ok')
  })

  test('a provider that names only its resource is found by what the resource says', async ({ assert }) => {
    const place = 'https://mcp.acme.example/.well-known/oauth-protected-resource'
    const resource = 'https://mcp.acme.example'
    const described = { resource, authorization_servers: [ISSUER] }
    const { discovery, answers, asked, code, time } = rig({ [place]: described, [RFC8414]: DOCUMENT })
    const made = provider({ server: {}, resource })
    assert.containSubset(await discovery.resolve(made), {
      ok: true,
      server: { issuer: ISSUER, token_endpoint: DOCUMENT.token_endpoint },
    })
    assert.deepEqual(asked, [resource, place, RFC8414])
    await code(made)
    assert.lengthOf(asked, 3)
    // While the resource is away its last word serves; once forgotten, both documents are read again.
    answers[place] = LOST
    discovery.forget(made)
    assert.equal(await code(made), 'ok')
    assert.lengthOf(asked, 6)
    answers[place] = { ...described, authorization_servers: ['https://evil.example'] }
    time.now = 3_600_000
    assert.equal(await code(made), 'configuration issuer_moved')
  })
})
