import { test } from '@japa/runner'
import fc from 'fast-check'
import { readTokenResponse } from '#oauth/read_token_response'
import twitch from '#oauth/providers/twitch'
import { FAILURE_CLASSES } from '#oauth/types'
import { answered, provider } from './helpers.js'

const FIELDS = [
  'access_token',
  'refresh_token',
  'expires_in',
  'scope',
  'token_type',
  'error',
  'ok',
  'message',
  'data',
]
const HOSTILE = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'code',
  'errors',
  'status',
]

const value = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'at',
    '',
    'invalid_grant',
    '3600',
    -1,
    0,
    1e308,
    null,
    true,
    [],
    {},
    { toString: 1, code: 190 }
  )
)
const object = fc
  .dictionary(fc.constantFrom(...FIELDS, ...HOSTILE), value)
  .map((body) => JSON.stringify(body))
const text = fc.oneof(
  { weight: 6, arbitrary: object },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: object.map((body) => body.slice(0, -2)) },
  { weight: 1, arbitrary: fc.constantFrom('<html>502</html>', '\ufeff{}', 'access_token=at&error=', '[[[[') }
)
const status = fc.oneof(
  fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 429, 500, 502, 503),
  fc.integer({ min: 200, max: 599 })
)
const type = fc.constantFrom('application/json', 'text/html', 'application/x-www-form-urlencoded', '')
const retry = fc.oneof(
  fc.constantFrom('120', '-1', '1e9', 'Wed, 21 Oct 2026 07:28:00 GMT'),
  fc.stringMatching(/^[ -~]{0,9}$/)
)

const PROVIDERS = [
  provider(),
  twitch,
  provider({
    responsePaths: { access_token: 'data.0.token', error: 'errors.code' },
    metadataPaths: { m: '__proto__' },
  }),
]

test.group('Token answer: whatever comes', () => {
  test('no answer throws, pollutes a prototype, or succeeds without an access token', ({ assert }) => {
    const pristine = Object.getOwnPropertyNames(Object.prototype).length
    fc.assert(
      fc.property(
        fc.constantFrom(...PROVIDERS),
        status,
        text,
        type,
        retry,
        (definition, code, body, kind, wait) => {
          const exchange = answered(code, body, { 'content-type': kind, 'retry-after': wait })
          const result = readTokenResponse(definition, exchange)
          assert.equal(Object.getOwnPropertyNames(Object.prototype).length, pristine)
          if (result.ok) {
            assert.match(result.tokens.access_token.reveal(), /^[\x21-\x7e][\x20-\x7e]*$/)
            assert.isTrue(code >= 200 && code < 300)
            const { expiresIn } = result.tokens
            assert.isTrue(expiresIn === null || (expiresIn >= 1_000 && expiresIn <= 400 * 86_400_000))
            return
          }
          const { failure } = result
          assert.include(FAILURE_CLASSES, failure.class)
          assert.isTrue(failure.code !== '' && failure.code.length <= 255)
          assert.isTrue(failure.description === null || Buffer.byteLength(failure.description) <= 1_024)
          assert.isTrue(
            failure.retryAfter === null || (failure.retryAfter >= 1_000 && failure.retryAfter <= 86_400_000)
          )
          if (failure.class === 'rejected') assert.isBelow(code, 500)
        }
      ),
      { numRuns: 20_000 }
    )
  }).timeout(60_000)
})
