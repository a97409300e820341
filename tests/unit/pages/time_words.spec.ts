import { test } from '@japa/runner'
import { schedulerPulse } from '#transformers/scheduler_pulse'
import { ago, left, moment, span, stamp, took, until } from '#transformers/time_words'

const NOW = Date.UTC(2026, 2, 14, 9, 26, 53)
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test.group('Words for time', () => {
  test('spans: {$self}')
    .with([
      [0, '0 s'],
      [-5, '0 s'],
      [59_999, '59 s'],
      [80_000, '1 min 20 s'],
      [2 * MINUTE, '2 min'],
      [59 * MINUTE + 59_000, '59 min'],
      [HOUR, '1 h'],
      [3 * HOUR + 12 * MINUTE, '3 h 12 min'],
      [DAY, '1 d'],
      [5 * DAY + 4 * HOUR, '5 d 4 h'],
      [58 * DAY, '58 d'],
    ] as const)
    .run(({ assert }, [milliseconds, words]) => assert.equal(span(milliseconds), words))

  test('moments before and after now', ({ assert }) => {
    assert.equal(ago(NOW - 3 * SECOND, NOW), '3 s ago')
    assert.equal(ago(NOW + SECOND, NOW), '0 s ago')
    assert.equal(ago(NOW - 30 * HOUR, NOW), '30 h ago')
    assert.equal(ago(NOW - 3 * DAY, NOW), '3 d ago')
    assert.equal(left(NOW + 47 * MINUTE, NOW), '47 min')
    assert.equal(left(NOW - 4 * MINUTE, NOW), 'expired 4 min ago')
    assert.equal(until(NOW + 90 * SECOND, NOW), 'in 1 min 30 s')
    assert.equal(until(NOW, NOW), 'due now')
    assert.equal(stamp(NOW), '2026-03-14 09:26:53 UTC')
    assert.equal(moment(NOW + 3 * HOUR, NOW), '12:26 UTC')
    assert.equal(moment(NOW + 22 * HOUR, NOW), '15 Mar, 07:26 UTC')
    assert.equal(took(48.4), '48 ms')
    assert.equal(took(1_420), '1.4 s')
  })

  test('the scheduler is late after two intervals and stalled after five', ({ assert }) => {
    const interval = 10_000
    assert.equal(schedulerPulse(null, null), 'never')
    assert.equal(schedulerPulse(20_000, interval), 'ok')
    assert.equal(schedulerPulse(20_001, interval), 'late')
    assert.equal(schedulerPulse(50_001, interval), 'stalled')
    assert.equal(schedulerPulse(3_900, 1_000), 'ok')
  })
})
