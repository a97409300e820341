import { test } from '@japa/runner'
import { discoverResource, readResourceMetadata, resourceMetadataUrls } from '#oauth/resource_metadata'
import type { Exchange, OutgoingRequest, Transport } from '#oauth/types'
import { answered, NOW } from './helpers.js'

const ASKED = 'https://mcp.example.com/team/mcp'
const ROOT = 'https://mcp.example.com/.well-known/oauth-protected-resource'
const DOCUMENT = {
  resource: ASKED,
  authorization_servers: ['https://auth.example.com'],
  scopes_supported: ['files:read', 'files:write'],
  resource_name: 'Files',
}

/** A transport over answers by URL; what is not listed answers 404. */
function rig(answers: Record<string, Exchange | object>) {
  const asked: OutgoingRequest[] = []
  const transport: Transport = {
    async send(request) {
      asked.push(request)
      const answer = answers[request.url]
      if (answer === undefined) return answered(404, '')
      return 'receivedAt' in answer ? answer : answered(200, answer)
    },
  }
  const discover = () => discoverResource(transport, ASKED, { deadline: 1_000, allowPrivate: false })
  return { asked, discover, urls: () => asked.map(({ method, url }) => `${method} ${url}`) }
}

const challenge = (value: string) => answered(401, '', { 'www-authenticate': value })
const lost: Exchange = { ok: false, sent: false, code: 'dns', description: null, receivedAt: NOW }

test.group('Protected resource metadata', () => {
  test('a resource with a path has two places, one without has one', ({ assert }) => {
    assert.deepEqual(resourceMetadataUrls(ASKED), [`${ROOT}/team/mcp`, ROOT])
    assert.deepEqual(resourceMetadataUrls(`${ASKED}/?v=1`), [`${ROOT}/team/mcp?v=1`, ROOT])
    assert.deepEqual(resourceMetadataUrls('https://mcp.example.com/'), [ROOT])
  })

  test('the place that the challenge names is the only one asked, and its scopes win', async ({ assert }) => {
    const place = 'https://mcp.example.com/meta'
    const { discover, urls } = rig({
      [ASKED]: challenge(`Bearer resource_metadata="${place}", scope="files:read"`),
      [place]: DOCUMENT,
    })
    assert.deepEqual(await discover(), {
      ok: true,
      resource: {
        resource: ASKED,
        authorizationServers: ['https://auth.example.com'],
        scopes: ['files:read'],
        name: 'Files',
      },
    })
    assert.deepEqual(urls(), [`POST ${ASKED}`, `GET ${place}`])
  })

  test('without a challenge the path form is asked, then the root form', async ({ assert }) => {
    const { discover, urls } = rig({ [ROOT]: { ...DOCUMENT, resource: 'https://mcp.example.com' } })
    assert.containSubset(await discover(), {
      ok: true,
      resource: { resource: 'https://mcp.example.com', scopes: ['files:read', 'files:write'] },
    })
    assert.deepEqual(urls(), [`POST ${ASKED}`, `GET ${ROOT}/team/mcp`, `GET ${ROOT}`])
  })

  test('no request carries a credential', async ({ assert }) => {
    const { discover, asked } = rig({ [`${ROOT}/team/mcp`]: DOCUMENT })
    await discover()
    assert.lengthOf(asked, 2)
    for (const { headers } of asked) assert.notProperty(headers, 'authorization')
  })

  test('a document on another server is refused without being read', async ({ assert }) => {
    const { discover, urls } = rig({
      [ASKED]: challenge('Bearer resource_metadata="https://evil.example/m"'),
    })
    assert.containSubset(await discover(), { ok: false, failure: { code: 'metadata_elsewhere' } })
    assert.lengthOf(urls(), 1)
  })

  test('failures are values: away, moved, broken, absent', async ({ assert }) => {
    const place = `${ROOT}/team/mcp`
    const cases: [Record<string, Exchange | object>, string][] = [
      [{ [ASKED]: lost }, 'not_sent dns'],
      [{ [place]: lost }, 'not_sent dns'],
      [{ [ASKED]: { ...lost, code: 'address_refused' } }, 'configuration address_refused'],
      [{ [place]: answered(302, '', { location: 'https://evil.example' }) }, 'configuration redirected'],
      [{ [place]: answered(503, '') }, 'unavailable http_503'],
      [
        { [place]: answered(200, '<html>'), [ROOT]: answered(200, '[]') },
        'configuration no_resource_metadata',
      ],
      [{}, 'configuration no_resource_metadata'],
    ]
    for (const [answers, expected] of cases) {
      const result = await rig(answers).discover()
      assert.equal(result.ok ? 'ok' : `${result.failure.class} ${result.failure.code}`, expected)
    }
  })
})

test.group('What a document may say of a resource', () => {
  const judged = (changes: object, asked = ASKED) => {
    const result = readResourceMetadata(asked, answered(200, { ...DOCUMENT, ...changes }), false)
    return result.ok ? 'ok' : result.failure.code
  }

  test('its own address, or a path above it on the same origin', ({ assert }) => {
    for (const resource of [
      ASKED,
      `${ASKED}/`,
      'https://mcp.example.com/team',
      'https://mcp.example.com',
      'https://MCP.example.com:443/team/mcp',
    ]) {
      assert.equal(judged({ resource }), 'ok', resource)
    }
  })

  test('nothing else', ({ assert }) => {
    for (const resource of [
      'https://mcp.example.com/team/mc',
      'https://mcp.example.com/other',
      `${ASKED}/deeper`,
      'https://evil.example/team/mcp',
      'http://mcp.example.com/team/mcp',
      'https://mcp.example.com:8443/team/mcp',
      'https://user@mcp.example.com/team/mcp',
      `${ASKED}#part`,
      `${ASKED}?tenant=2`,
      'not a url',
      '',
      null,
      7,
      [ASKED],
    ]) {
      assert.equal(judged({ resource }), 'resource_mismatch', String(resource))
    }
  })

  test('it must name a public https authorization server', ({ assert }) => {
    for (const servers of [undefined, null, [], [7], 'https://auth.example.com']) {
      assert.equal(judged({ authorization_servers: servers }), 'no_authorization_server')
    }
    for (const server of ['http://auth.example.com', 'https://127.0.0.1', 'https://169.254.169.254', 'x']) {
      assert.equal(judged({ authorization_servers: [server] }), 'unsafe_metadata', server)
    }
  })

  test('scopes that are no scopes are left out, and hostile values harm nothing', ({ assert }) => {
    const body = { ...DOCUMENT, scopes_supported: ['ok', 'two words', '"', 7, null], resource_name: { a: 1 } }
    const result = readResourceMetadata(ASKED, answered(200, body), false)
    assert.containSubset(result, { ok: true, resource: { scopes: ['ok'], name: null } })
    const many = Array.from({ length: 5_000 }, (_, index) => `https://a${index}.example`)
    const cut = readResourceMetadata(
      ASKED,
      answered(200, { ...DOCUMENT, authorization_servers: many }),
      false
    )
    assert.isTrue(cut.ok)
    if (cut.ok) assert.lengthOf(cut.resource.authorizationServers, 5)
  })
})
