import { test } from '@japa/runner'
import fc from 'fast-check'
import { OPEN_GATE, permits, signal, take, type GateLimits, type GateState } from '#token_refresh/client_gate'
import type { FailureClass } from '#oauth/types'
import { MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'

const FREE: GateLimits = { perSecond: null, concurrency: null }
const timing = {
  rateLimitWait: MINUTE,
  configurationProbe: 5 * MINUTE,
  breakerFailures: 5,
  breakerProbe: MINUTE,
  probePatience: MINUTE,
}

const hear = (gate: GateState, kind: FailureClass | 'success', at = NOW, retryAfter: number | null = null) =>
  signal(gate, { class: kind, code: kind, retryAfter }, timing, at)

const count = (gate: GateState, at: number, wanted = 50, limits = FREE) =>
  permits(gate, limits, 0, at, wanted).count

test.group('Client gate', () => {
  test('an open gate lets all pass that have a slot', ({ assert }) => {
    assert.equal(count(OPEN_GATE, NOW, 7), 7)
  })

  test('a rate limit holds the whole gate as long as told, then lets all pass', ({ assert }) => {
    const gate = hear(OPEN_GATE, 'rate_limited', NOW, 30 * SECOND)
    assert.equal(count(gate, NOW + 29 * SECOND), 0)
    assert.equal(count(gate, NOW + 30 * SECOND), 50)
  })

  test('a rate limit that names no time holds for a minute', ({ assert }) => {
    const gate = hear(OPEN_GATE, 'rate_limited')
    assert.equal(count(gate, NOW + 59 * SECOND), 0)
    assert.equal(count(gate, NOW + MINUTE), 50)
  })

  test('an answer from before does not lift a rate limit, and a shorter limit does not shorten it', ({
    assert,
  }) => {
    let gate = hear(OPEN_GATE, 'rate_limited', NOW, 90 * SECOND)
    gate = hear(gate, 'success', NOW + SECOND)
    gate = hear(gate, 'rate_limited', NOW + SECOND, SECOND)
    assert.equal(count(gate, NOW + 89 * SECOND), 0)
  })

  test('a wrong configuration pauses the gate and lets one probe pass every five minutes', ({ assert }) => {
    const paused = hear(OPEN_GATE, 'configuration')
    assert.equal(count(paused, NOW + 5 * MINUTE - 1), 0)
    const permit = permits(paused, FREE, 0, NOW + 5 * MINUTE, 50)
    assert.deepInclude(permit, { count: 1, probe: true })
    const probing = take(paused, FREE, timing, NOW + 5 * MINUTE, { count: 1, probe: true })
    assert.equal(count(probing, NOW + 5 * MINUTE + 1), 0)
  })

  test('a probe that succeeds opens the gate; one that fails pauses it again', ({ assert }) => {
    const paused = hear(OPEN_GATE, 'configuration')
    const probing = take(paused, FREE, timing, NOW + 5 * MINUTE, { count: 1, probe: true })
    assert.equal(count(hear(probing, 'success', NOW + 5 * MINUTE), NOW + 5 * MINUTE), 50)
    const again = hear(probing, 'configuration', NOW + 5 * MINUTE)
    assert.equal(count(again, NOW + 10 * MINUTE - 1), 0)
  })

  test('a probe whose process died is replaced after its patience', ({ assert }) => {
    const probing = take(hear(OPEN_GATE, 'configuration'), FREE, timing, NOW + 5 * MINUTE, {
      count: 1,
      probe: true,
    })
    assert.deepInclude(permits(probing, FREE, 0, NOW + 6 * MINUTE, 50), { count: 1, probe: true })
  })

  test('five outages in a row open the breaker; an answer in between starts the count anew', ({ assert }) => {
    let gate = OPEN_GATE
    for (const kind of ['unavailable', 'ambiguous', 'not_sent', 'unavailable'] as const)
      gate = hear(gate, kind)
    assert.equal(count(gate, NOW), 50)
    assert.equal(count(hear(gate, 'unavailable'), NOW), 0)
    assert.equal(count(hear(hear(gate, 'rejected'), 'unavailable'), NOW), 50)
  })

  test('an open breaker is probed once a minute', ({ assert }) => {
    let gate = OPEN_GATE
    for (let answer = 0; answer < 5; answer++) gate = hear(gate, 'unavailable')
    assert.equal(count(gate, NOW + MINUTE - 1), 0)
    assert.equal(count(gate, NOW + MINUTE), 1)
  })

  test('a rate budget is spent and earned back', ({ assert }) => {
    const limits = { perSecond: 100, concurrency: null }
    assert.equal(count(OPEN_GATE, NOW, 50, limits), 5)
    const spent = take(OPEN_GATE, limits, timing, NOW, { count: 5, probe: false })
    assert.equal(count(spent, NOW, 50, limits), 0)
    assert.equal(count(spent, NOW + 33, 50, limits), 3)
    assert.equal(count(spent, NOW + MINUTE, 50, limits), 5)
  })

  test('no second of any length of work sees more than the limit, and at least nine tenths of it are used', ({
    assert,
  }) => {
    const limit = fc.constantFrom(1, 2, 7, 10, 50, 100, 333, 1000)
    fc.assert(
      fc.property(limit, fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 40 }), (perSecond, gaps) => {
        const limits = { perSecond, concurrency: null }
        const sent: number[] = []
        let [gate, now] = [OPEN_GATE, NOW]
        const ask = () => {
          const permit = permits(gate, limits, 0, now, 100_000)
          gate = take(gate, limits, timing, now, permit)
          for (let one = 0; one < permit.count; one++) sent.push(now)
          return permit.retryAt
        }
        for (const gap of gaps) {
          now += gap
          ask()
        }
        const from = now
        const before = sent.length
        while (now < from + 20 * SECOND) now = ask() ?? now + 1
        assert.isAtLeast(sent.length - before, 0.9 * 20 * perSecond - 1)
        for (let last = perSecond; last < sent.length; last++) {
          assert.isAtLeast(sent[last] - sent[last - perSecond], SECOND - 1)
        }
      }),
      { numRuns: 200, seed: 20261121 }
    )
  })

  test('what a limit holds back is asked for again when the limit yields', ({ assert }) => {
    const limits = { perSecond: 100, concurrency: null }
    const cut = permits(OPEN_GATE, limits, 0, NOW, 50)
    assert.deepEqual([cut.count, cut.reason, cut.retryAt], [5, 'rate_budget', NOW + 28])
    assert.isNull(permits(OPEN_GATE, limits, 0, NOW, 5).retryAt)
    const slots = permits(OPEN_GATE, { perSecond: null, concurrency: 5 }, 3, NOW, 50)
    assert.deepEqual([slots.count, slots.reason, slots.retryAt], [2, 'concurrency', NOW + SECOND])
  })

  test('a clock that steps back grants nothing and takes nothing', ({ assert }) => {
    const limits = { perSecond: 100, concurrency: null }
    const spent = take(OPEN_GATE, limits, timing, NOW, { count: 4, probe: false })
    assert.equal(count(spent, NOW - MINUTE, 50, limits), 1)
  })

  test('the concurrency of all processes together is kept', ({ assert }) => {
    assert.equal(permits(OPEN_GATE, { perSecond: null, concurrency: 5 }, 3, NOW, 50).count, 2)
    assert.equal(permits(OPEN_GATE, { perSecond: null, concurrency: 5 }, 5, NOW, 50).count, 0)
  })

  test('an unreadable token says nothing about the provider', ({ assert }) => {
    assert.equal(hear(OPEN_GATE, 'unreadable'), OPEN_GATE)
  })
})
