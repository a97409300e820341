import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import type { Exchange } from '#oauth/types'
import { judgeRevocation } from '#services/disconnect/judge_revocation'
import { aProvider, NOW } from '#tests/helpers/refresh_fixtures'

const token = new Secret('the-token-that-is-to-end-0123456789')
const provider = aProvider()

function answer(status: number, body: string, headers: Record<string, string> = {}): Exchange {
  const type = body.startsWith('{') ? 'application/json' : 'text/html'
  return {
    ok: true,
    status,
    body,
    headers: new Headers({ 'content-type': type, ...headers }),
    receivedAt: NOW,
  }
}

/** The verdict in one word: `dead`, or the class of the failure that leaves the token alive. */
function judge(exchange: Exchange, authorization: string | Secret = 'Basic Y2xpZW50'): string {
  const verdict = judgeRevocation(provider, { headers: { authorization } }, exchange, token)
  return verdict.type === 'dead' ? 'dead' : verdict.failure.class
}

test.group('The answer to a revocation (RFC 7009)', () => {
  test('a success counts whatever its body holds', ({ assert }) => {
    for (const body of ['', '{}', '{"revoked":true}', '<p>ok</p>', 'null']) {
      assert.equal(judge(answer(200, body)), 'dead', body)
    }
    assert.equal(judge(answer(204, '')), 'dead')
  })

  test('a success that says itself that it is none is not believed', ({ assert }) => {
    assert.notEqual(judge(answer(200, '{"ok":false,"error":"fatal_error"}')), 'dead')
    assert.notEqual(judge(answer(200, '{"success":false}')), 'dead')
  })

  test('after a 503 the token still lives', ({ assert }) => {
    assert.equal(judge(answer(503, '{"error":"temporarily_unavailable"}')), 'unavailable')
    assert.equal(judge(answer(503, '<p>maintenance: invalid token service</p>')), 'ambiguous')
    assert.equal(judge(answer(429, '{}', { 'retry-after': '30' })), 'rate_limited')
  })

  test('a token that is no token any more is dead, however its provider says so', ({ assert }) => {
    assert.equal(judge(answer(400, '{"error":"invalid_grant"}')), 'dead')
    assert.equal(judge(answer(400, '{"status":400,"message":"Invalid token"}')), 'dead')
    assert.equal(judge(answer(400, '{"error":"invalid_token"}')), 'dead')
    assert.equal(judge(answer(400, '{"message":"The token has been revoked"}')), 'dead')
  })

  test('a 401 speaks of the token where the token is the proof, else of our client', ({ assert }) => {
    const refused = answer(401, '{"message":"Bad credentials"}')
    assert.equal(judge(refused, new Secret(`Bearer ${token.reveal()}`)), 'dead')
    assert.equal(judge(refused), 'configuration')
    assert.equal(judge(answer(401, '{"error":"invalid_client"}')), 'configuration')
  })

  test('a request that never left or whose answer never came says nothing', ({ assert }) => {
    const none = { ok: false as const, code: 'connection_refused', description: null, receivedAt: NOW }
    assert.equal(judge({ ...none, sent: false }), 'not_sent')
    assert.equal(judge({ ...none, sent: true, code: 'timeout' }), 'ambiguous')
  })

  test('what a provider quotes of the token is not kept', ({ assert }) => {
    const exchange = answer(400, JSON.stringify({ error: 'odd', error_description: token.reveal() }))
    const verdict = judgeRevocation(provider, { headers: {} }, exchange, token)
    assert.equal(verdict.type, 'lives')
    assert.notInclude(JSON.stringify(verdict), token.reveal())
  })
})
