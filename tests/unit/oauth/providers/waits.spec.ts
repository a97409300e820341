/**
 * How long a limited answer asks to wait: each provider in its own unit, always between a second and a day.
 */
import { test } from '@japa/runner'
import { classifyFailure } from '#oauth/classify_failure'
import { answered, NOW, provider } from '../helpers.js'
import { builtIn } from './helpers.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 86_400_000
const EPOCH = NOW / SECOND

const buc = (...minutes: unknown[]) =>
  JSON.stringify({
    17: minutes.map((time) => ({ type: 'pages', call_count: 100, estimated_time_to_regain_access: time })),
  })
const graphLimit = { error: { code: 4, message: '(#4) Application request limit reached' } }
const linkedinLimit = { status: 429, serviceErrorCode: 101, code: 'TOO_MANY_REQUESTS' }
const githubLimit = { message: 'API rate limit exceeded for user ID 1.' }

type Case = [id: string, status: number, body: unknown, headers: Record<string, string>, wait: number | null]

const WAITS: Case[] = [
  ['twitch', 429, {}, { 'ratelimit-reset': String(EPOCH + 90) }, 90 * SECOND],
  ['twitch', 429, {}, {}, null],
  ['x', 429, {}, { 'x-rate-limit-reset': String(EPOCH + 900) }, 900 * SECOND],
  ['x', 429, {}, { 'x-rate-limit-reset': String(EPOCH - 5) }, SECOND],
  ['x', 429, {}, { 'x-rate-limit-reset': 'soon' }, null],
  ['x', 429, {}, { 'x-rate-limit-reset': String(EPOCH + 900), 'retry-after': '7' }, 7 * SECOND],
  ['spotify', 429, {}, { 'retry-after': '30' }, 30 * SECOND],
  ['discord', 429, { retry_after: 64.57, global: false }, {}, 64_570],
  ['discord', 429, { retry_after: 64.57 }, { 'retry-after': '65' }, 65 * SECOND],
  ['discord', 429, { retry_after: 64.57 }, { 'x-ratelimit-reset-after': '1.5' }, 1_500],
  ['discord', 429, { retry_after: 'soon' }, {}, null],
  ['discord', 429, { retry_after: 1e9 }, {}, DAY],
  ['discord', 429, '<html>error 1015</html>', {}, null],
  [
    'github',
    403,
    githubLimit,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(EPOCH + 600) },
    600 * SECOND,
  ],
  [
    'github',
    403,
    githubLimit,
    { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': String(EPOCH + 600) },
    MINUTE,
  ],
  ['github', 403, githubLimit, { 'retry-after': '120' }, 120 * SECOND],
  ['github', 429, githubLimit, {}, MINUTE],
  ['meta', 400, graphLimit, { 'x-business-use-case-usage': buc(0, 19) }, 19 * MINUTE],
  ['meta', 400, graphLimit, { 'x-business-use-case-usage': buc('x', null) }, null],
  ['meta', 400, graphLimit, { 'x-business-use-case-usage': '{"17":' }, null],
  ['meta_page', 400, graphLimit, {}, null],
  ['instagram', 403, graphLimit, { 'x-business-use-case-usage': buc(3) }, 3 * MINUTE],
  // `NOW` is midnight, so the quota of the day has all of it left.
  ['linkedin', 429, linkedinLimit, {}, DAY],
  ['linkedin', 429, {}, {}, null],
  ['reddit', 429, '<!doctype html>', { 'retry-after': '4' }, 4 * SECOND],
  ['reddit', 429, '<!doctype html>', { 'x-ratelimit-reset': '213' }, 213 * SECOND],
  ['slack', 429, { ok: false, error: 'ratelimited' }, { 'retry-after': '10' }, 10 * SECOND],
  ['notion', 429, { code: 'rate_limited' }, { 'retry-after': '2' }, 2 * SECOND],
]

test.group('Provider dialects: waits', () => {
  for (const [id, status, body, headers, wait] of WAITS) {
    test(`${id}: ${status} with ${JSON.stringify(headers)} waits ${wait} ms`, ({ assert }) => {
      const failure = classifyFailure(builtIn(id), answered(status, body, headers), 'account')
      assert.equal(failure.class, 'rate_limited')
      assert.equal(failure.retryAfter, wait)
    })
  }

  test("linkedin's day quota ends at midnight UTC", ({ assert }) => {
    const exchange = { ...answered(429, linkedinLimit), receivedAt: NOW + DAY - 90 * MINUTE }
    assert.equal(classifyFailure(builtIn('linkedin'), exchange).retryAfter, 90 * MINUTE)
  })
})

test.group('Waits of limited answers', () => {
  const limits =
    (input: Parameters<typeof provider>[0]) => (body: unknown, headers: Record<string, string>) =>
      classifyFailure(provider(input), answered(429, body, headers)).retryAfter

  test('the first header that tells a time counts, in its own unit', ({ assert }) => {
    const wait = limits({
      rateLimitResets: [
        { header: 'x-first', unit: 'minutes_left' },
        { header: 'x-second', unit: 'epoch_seconds' },
      ],
    })
    assert.equal(wait({}, { 'x-first': '2', 'x-second': String(EPOCH + 5) }), 2 * MINUTE)
    assert.equal(wait({}, { 'x-first': 'soon', 'x-second': String(EPOCH + 5) }), 5 * SECOND)
    assert.equal(wait({}, { 'x-first': '-3' }), SECOND)
    assert.equal(wait({}, { 'x-first': '99999' }), DAY)
    assert.isNull(wait({}, {}))
  })

  test('a slot that throws or gives nonsense tells nothing', ({ assert }) => {
    const thrower = limits({
      rateLimitWait: () => {
        throw new TypeError('another shape')
      },
    })
    assert.isNull(thrower({}, {}))
    for (const [given, expected] of [
      [Number.NaN, null],
      [null, null],
      ['60000' as unknown as number, null],
      [Infinity, DAY],
      [-1, SECOND],
      [1_500.4, 1_500],
    ] as const) {
      assert.equal(limits({ rateLimitWait: () => given })({}, {}), expected)
    }
  })

  test('only limited answers are asked for their wait', ({ assert }) => {
    const resets = provider({ rateLimitResets: [{ header: 'x-reset', unit: 'seconds_left' }] })
    const failure = classifyFailure(resets, answered(500, {}, { 'x-reset': '30' }))
    assert.isNull(failure.retryAfter)
  })
})

test.group('Failure rules by a place in the body', () => {
  const ruled = provider({
    failures: [
      { where: { path: 'a.0.code', is: 7 }, class: 'suspended' },
      { where: { path: 'flag', is: true }, class: 'unavailable' },
      { where: { path: 'type', is: /suspended$/ }, class: 'locked', instruction: 'Act.' },
      { error: /^9\d$/, class: 'rate_limited' },
    ],
  })
  const kind = (body: unknown, status = 400) => classifyFailure(ruled, answered(status, body)).class

  test('number, truth value and pattern are compared with what stands there', ({ assert }) => {
    assert.equal(kind({ a: [{ code: 7 }] }), 'suspended')
    assert.equal(kind({ a: [{ code: '7' }] }), 'suspended')
    assert.equal(kind({ a: [{ code: 8 }] }), 'unknown')
    assert.equal(kind({ flag: true }), 'unavailable')
    assert.equal(kind({ flag: 'no' }), 'unknown')
    assert.equal(kind({ type: 'user-suspended' }), 'locked')
    assert.equal(kind({ error: 95 }), 'rate_limited')
    assert.equal(kind({ error: 195 }), 'unknown')
  })

  test('a path never leads into a prototype', ({ assert }) => {
    const trap = provider({
      failures: [{ where: { path: 'constructor.name', is: 'Object' }, class: 'rejected' }],
    })
    assert.equal(classifyFailure(trap, answered(400, {})).class, 'unknown')
  })

  test('a server that fails is not believed about a grant', ({ assert }) => {
    assert.equal(kind({ a: [{ code: 7 }] }, 500), 'unavailable')
    assert.equal(kind({ type: 'user-suspended' }, 503), 'unavailable')
  })
})
