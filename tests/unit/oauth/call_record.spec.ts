/** What is kept of a request to a provider: enough to talk to its support, and nothing that opens anything. */
import { test } from '@japa/runner'
import fc from 'fast-check'
import { recordCall } from '#oauth/call_record'
import { Secret } from '#oauth/secret'
import type { CallRecord, Exchange, OutgoingRequest } from '#oauth/types'

const TOKEN = 'rt-7f3k9q2mzx81vb'
const UUID = '0191c2a4-5b6c-7d8e-9f00-112233445566'

const request = (own: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url: 'https://id.acme.example/oauth/token?tenant=secret-tenant',
  headers: { accept: 'application/json', authorization: new Secret('Basic Y2xpZW50OnMzY3IzdA==') },
  body: { format: 'form', fields: { grant_type: 'refresh_token', refresh_token: new Secret(TOKEN) } },
  ...own,
})

const answer = (headers: Record<string, string>, status = 200): Exchange => {
  return { ok: true, status, headers: new Headers(headers), body: '{}', receivedAt: 0 }
}

const told = (headers: Record<string, string>, secrets: Secret[] = []): CallRecord =>
  recordCall(request(), answer(headers), { tookMs: 41.6, secrets })

test.group('Record of a call', () => {
  test('method, host, status, time and the id that the provider gave it are kept', ({ assert }) => {
    const call = told({ 'x-request-id': UUID, 'content-type': 'application/json' })
    assert.include(call, { method: 'POST', host: 'id.acme.example', status: 200, ms: 42, request_id: UUID })
    assert.isNull(call.code)
  })

  test('of the address only the host is kept', ({ assert }) => {
    assert.notInclude(JSON.stringify(told({})), 'tenant')
  })

  test('of our own headers the harmless ones are kept, and of Authorization only its scheme', ({
    assert,
  }) => {
    const headers = {
      'accept': 'application/json',
      'x-client': 'own',
      'authorization': new Secret('Bearer abc'),
    }
    const call = recordCall(request({ headers }), answer({}), { tookMs: 1, secrets: [] })
    assert.deepEqual(call.request, {
      'accept': 'application/json',
      'authorization': 'Bearer …',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'evergrant',
    })
  })

  test('an Authorization header of a scheme that nobody knows is not kept at all', ({ assert }) => {
    const headers = { authorization: new Secret(TOKEN) }
    const call = recordCall(request({ headers }), answer({}), { tookMs: 1, secrets: [] })
    assert.isNull(call.request.authorization)
  })

  test('of the answer the headers of the allow-list are kept, and no other', ({ assert }) => {
    const call = told({
      'date': 'Sat, 21 Nov 2026 18:00:00 GMT',
      'retry-after': '30',
      'x-ratelimit-remaining': '7',
      'cf-ray': '8c1f2a3b4c5d6e7f-AMS',
      'www-authenticate': 'Bearer error="invalid_token"',
      'set-cookie': 'session=abc',
      'location': 'https://id.acme.example/next',
      'x-own': 'word',
    })
    assert.deepEqual(call.response, {
      'date': 'Sat, 21 Nov 2026 18:00:00 GMT',
      'retry-after': '30',
      'x-ratelimit-remaining': '7',
      'cf-ray': '8c1f2a3b4c5d6e7f-AMS',
      'www-authenticate': 'Bearer error="invalid_token"',
    })
    assert.equal(call.request_id, '8c1f2a3b4c5d6e7f-AMS')
  })

  test('a request that never left and one without an answer say so', ({ assert }) => {
    const lost = { ok: false, sent: true, code: 'timeout', description: null, receivedAt: 0 } as const
    const call = recordCall(request(), lost, { tookMs: 10_000, secrets: [] })
    assert.include(call, { status: null, code: 'timeout', sent: true, request_id: null })
    const unsent = recordCall(request(), { ...lost, sent: false }, { tookMs: 1, secrets: [] })
    assert.isFalse(unsent.sent)
  })

  test('a header that is not what its name says is withheld', ({ assert }) => {
    const call = told({
      'content-type': 'text/my-words',
      'date': 'yesterday',
      'retry-after': 'a while',
      'x-request-id': 'two words',
      'x-ratelimit-limit': '12 apples',
    })
    assert.deepEqual(new Set(Object.values(call.response)), new Set([null]))
    assert.isNull(call.request_id)
  })

  test('values are cut to a sane length and hold no control characters', ({ assert }) => {
    const call = told({
      'www-authenticate': `Bearer realm="${'far away '.repeat(400)}"`,
      'x-app-usage': 'a\tb',
    })
    assert.isAtMost((call.response['www-authenticate'] ?? '').length, 256)
    assert.equal(call.response['x-app-usage'], 'a b')
  })
})

test.group('Record of a call: a hostile answer', () => {
  const KEPT = [
    'x-request-id',
    'cf-ray',
    'date',
    'retry-after',
    'content-type',
    'www-authenticate',
    'x-app-usage',
  ]

  test('a token that comes back in a header is withheld, whole or in part', ({ assert }) => {
    for (const name of KEPT) {
      for (const echoed of [TOKEN, TOKEN.slice(2, 12), `id=${TOKEN}`, `Bearer realm="${TOKEN}"`]) {
        const call = told({ [name]: echoed })
        assert.isNull(call.response[name], `${name}: ${echoed}`)
        assert.isNull(call.request_id)
      }
    }
  })

  test('so is what stood in our Authorization header, and the secrets that came with the answer', ({
    assert,
  }) => {
    const call = told({ 'x-request-id': 'Y2xpZW50OnMzY3IzdA==', 'x-trace-id': 'at-new-99812' }, [
      new Secret('at-new-99812'),
    ])
    assert.deepEqual(call.response, { 'x-request-id': null, 'x-trace-id': null })
  })

  test('what looks like a token is withheld, even if it is none of ours', ({ assert }) => {
    for (const alike of ['ya29.a0AfH6SMBx1y2z3ABCDEFGHIJKLMNOP', '6dhgk3p8q2mzx81vbn5t7r9w4c0yle']) {
      assert.isNull(told({ 'x-request-id': alike }).response['x-request-id'])
      assert.isNull(told({ 'www-authenticate': `Bearer realm=${alike}` }).response['www-authenticate'])
    }
  })

  test('whatever a header holds, no part of a secret is kept', ({ assert }) => {
    const text = fc.string({ minLength: 8, maxLength: 60, unit: fc.constantFrom(...'abcXYZ0189-_.~+/= ') })
    const name = fc.constantFrom(...KEPT, 'x-own', 'x-amzn-requestid', 'ratelimit')
    fc.assert(
      fc.property(text, name, fc.string({ maxLength: 12 }), (secret, header, prefix) => {
        const token = secret.trim()
        if (token.length < 8 || 'application/json'.includes(token)) return
        const sent = request({
          body: { format: 'json', fields: { refresh_token: new Secret(token) } },
          headers: {},
        })
        const headers = new Headers()
        try {
          headers.set(header, `${prefix}${token}`)
        } catch {
          return
        }
        const exchange: Exchange = { ok: true, status: 200, headers, body: '', receivedAt: 0 }
        const { response, request_id: id } = recordCall(sent, exchange, { tookMs: 1, secrets: [] })
        assert.notInclude(JSON.stringify([response, id]), token)
      })
    )
  })
})
