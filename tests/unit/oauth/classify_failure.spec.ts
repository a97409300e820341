import { test } from '@japa/runner'
import { classifyFailure } from '#oauth/classify_failure'
import twitch from '#oauth/providers/twitch'
import { readRetryAfter } from '#oauth/retry_after'
import { Secret } from '#oauth/secret'
import type { Exchange, FailureClass } from '#oauth/types'
import { answered, NOW, provider } from './helpers.js'

const HTML = { 'content-type': 'text/html' }

type Case = [status: number, body: unknown, expected: FailureClass, headers?: Record<string, string>]

const TABLE: Case[] = [
  [400, { error: 'invalid_grant' }, 'rejected'],
  [401, { error: 'invalid_grant' }, 'rejected'],
  [200, { error: 'bad_refresh_token' }, 'rejected'],
  [500, { error: 'invalid_grant' }, 'unavailable'],
  [401, { error: 'invalid_client' }, 'configuration'],
  [400, { error: 'unauthorized_client' }, 'configuration'],
  [401, '', 'configuration'],
  [401, '<html>', 'configuration', { ...HTML, 'www-authenticate': 'Basic realm="x"' }],
  [400, { error: 'invalid_scope' }, 'configuration'],
  [400, { error: 'invalid_request' }, 'configuration'],
  [400, { error: 'unsupported_grant_type' }, 'configuration'],
  [404, { error: 'Not Found', status: 404 }, 'configuration'],
  [405, '', 'configuration'],
  [415, { message: 'no' }, 'configuration'],
  [403, { message: 'Forbidden' }, 'configuration'],
  [307, '', 'configuration'],
  [302, '<html>', 'configuration', HTML],
  [429, '<html>slow', 'rate_limited', HTML],
  [429, { error: 'invalid_grant' }, 'rate_limited'],
  [400, { error: 'slow_down' }, 'rate_limited'],
  [503, '<html>', 'rate_limited', { ...HTML, 'retry-after': '30' }],
  [400, { error: 'temporarily_unavailable' }, 'unavailable'],
  [400, { error: 'server_error' }, 'unavailable'],
  [500, {}, 'unavailable'],
  [503, { message: 'maintenance' }, 'unavailable'],
  [502, { message: 'gateway' }, 'ambiguous'],
  [504, '', 'ambiguous'],
  [500, '<html>', 'ambiguous', HTML],
  [503, '', 'ambiguous'],
  [200, '<html>login to the wifi</html>', 'ambiguous', HTML],
  [400, '<html>blocked</html>', 'ambiguous', HTML],
  [403, '<html>blocked</html>', 'ambiguous', HTML],
  [400, '', 'ambiguous'],
  [400, { error: 'interaction_required' }, 'locked'],
  [400, { error: 'something_new' }, 'unknown'],
  [403, { error: 'account_closed' }, 'unknown'],
  [400, { error: 400 }, 'unknown'],
  [400, {}, 'unknown'],
]

test.group('Failure classes: the table for all', () => {
  for (const [status, body, expected, headers] of TABLE) {
    test(`${status} ${JSON.stringify(body)} is ${expected}`, ({ assert }) => {
      assert.equal(classifyFailure(provider(), answered(status, body, headers)).class, expected)
    })
  }

  test('what never left is not_sent, what may have left is in doubt, what we refuse ourselves is ours to mend', ({
    assert,
  }) => {
    const lost = (sent: boolean, code: string): Exchange => {
      return { ok: false, sent, code, description: null, receivedAt: NOW }
    }
    assert.containSubset(classifyFailure(provider(), lost(false, 'dns')), { class: 'not_sent', code: 'dns' })
    assert.containSubset(classifyFailure(provider(), lost(true, 'timeout')), {
      class: 'ambiguous',
      code: 'timeout',
    })
    assert.equal(classifyFailure(provider(), lost(false, 'address_refused')).class, 'configuration')
    assert.equal(classifyFailure(provider(), lost(true, 'timeout'), 'account').class, 'unavailable')
  })

  test("a provider's own rules come first, by status, code, finer code and words", ({ assert }) => {
    const ruled = provider({
      failures: [
        { error: '190', subcode: ['459', '464'], class: 'locked', instruction: 'Log in at Acme once' },
        { error: '190', class: 'rejected' },
        { status: 403, message: /user-suspended/, class: 'suspended', at: 'account' },
      ],
    })
    const meta = (subcode: number) =>
      answered(400, { error: { code: 190, error_subcode: subcode, message: 'm' } })
    assert.containSubset(classifyFailure(ruled, meta(459)), {
      class: 'locked',
      instruction: 'Log in at Acme once',
    })
    assert.containSubset(classifyFailure(ruled, meta(460)), {
      class: 'rejected',
      code: '190/460',
      description: 'm',
    })
    const suspended = answered(403, {
      title: 'Forbidden',
      type: 'https://acme.example/problems/user-suspended',
    })
    assert.equal(classifyFailure(ruled, suspended, 'account').class, 'suspended')
    assert.equal(classifyFailure(ruled, suspended, 'token').class, 'configuration')
  })

  test('Twitch speaks in messages', ({ assert }) => {
    const of = (status: number, message: string) =>
      classifyFailure(twitch, answered(status, { status, message })).class
    assert.equal(of(400, 'Invalid refresh token'), 'rejected')
    assert.equal(of(401, 'Invalid refresh token'), 'rejected')
    assert.equal(of(400, 'Invalid grant'), 'rejected')
    assert.equal(of(400, 'missing client secret'), 'configuration')
    assert.equal(of(400, 'invalid client'), 'configuration')
    assert.equal(of(403, 'invalid client secret'), 'configuration')
    assert.equal(of(400, 'something else'), 'unknown')
  })

  test("the provider's words keep no secret and no control characters, and stay under 1 KiB", ({
    assert,
  }) => {
    const words = `token short-rt s3cret eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc123 is \u001b[31mbad\r\n${'x é '.repeat(2_000)}`
    const exchange = answered(400, { error: 'invalid_grant', error_description: words })
    const { description } = classifyFailure(provider(), exchange, 'token', [new Secret('short-rt')])
    assert.match(description!, /^token \[secret\] \[secret\] \[secret\] is +\[31mbad x/)
    assert.isAtMost(Buffer.byteLength(description!), 1_024)
  })
})

test.group('Retry-After', () => {
  const cases: [string | null, number | null][] = [
    ['120', 120_000],
    ['0', 1_000],
    ['-5', 1_000],
    ['64.57', 64_570],
    ['1000000000', 86_400_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 1_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 86_400_000],
    ['soon', null],
    ['1e9', null],
    ['', null],
    [null, null],
    ['Mon, 99 Foo 2026 99:99:99 GMT', null],
  ]
  for (const [header, wait] of cases) {
    test(`${JSON.stringify(header)} means ${wait} ms`, ({ assert }) =>
      assert.equal(readRetryAfter(header, NOW), wait))
  }
})
