import { test } from '@japa/runner'
import { classifyFailure } from '#oauth/classify_failure'
import { speaksOfEndpoint } from '#oauth/endpoint_trouble'
import type { Exchange } from '#oauth/types'
import { answered, NOW, provider } from './helpers.js'

const speaks = (exchange: Exchange) => speaksOfEndpoint(classifyFailure(provider(), exchange))

test.group('What a failure says of the endpoint', () => {
  test('an endpoint that is gone, has moved or is no token endpoint is to be looked for again', ({
    assert,
  }) => {
    for (const status of [404, 405, 410, 301, 307, 308])
      assert.isTrue(speaks(answered(status, '')), `${status}`)
    assert.isTrue(speaks(answered(404, { error: 'not_found' })))
    for (const page of ['<html>Welcome</html>', 'ok', '']) assert.isTrue(speaks(answered(200, page)), page)
    assert.isTrue(speaks(answered(400, '<html>')))
  })

  test('so is one that does not know our client', ({ assert }) => {
    assert.isTrue(speaks(answered(401, { error: 'invalid_client' })))
    assert.isTrue(speaks(answered(400, { error: 'invalid_client' })))
  })

  test('refusals, limits, outages and the network say nothing of it', ({ assert }) => {
    for (const exchange of [
      answered(400, { error: 'invalid_grant' }),
      answered(400, { error: 'invalid_target' }),
      answered(429, '<html>'),
      answered(500, '<html>'),
      answered(502, ''),
      answered(503, { error: 'temporarily_unavailable' }),
    ]) {
      assert.isFalse(speaks(exchange))
    }
    for (const sent of [true, false]) {
      assert.isFalse(speaks({ ok: false, sent, code: 'timeout', description: null, receivedAt: NOW }))
    }
  })
})
