import { test } from '@japa/runner'
import { schedulerPulse, stalledAfter } from '#services/scheduler/scheduler_pulse'
import { timeWords } from '#transformers/time_words'

const { ago, left, moment, span, stamp, took, until } = timeWords('en')

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

  test('a day is written as in a moment of another day, in every language', ({ assert }) => {
    assert.deepEqual(
      ['en', 'fr', 'ja'].map((locale) => timeWords(locale, 'Asia/Tokyo').day(NOW)),
      ['14 Mar', '14 mars', '3月14日']
    )
  })

  test('a clock that runs down', ({ assert }) => {
    const { countdown } = timeWords('en')
    assert.equal(countdown(NOW + 4 * MINUTE + 32_500, NOW), '04:32')
    assert.equal(countdown(NOW + HOUR + 4 * MINUTE + 5_000, NOW), '1:04:05')
    assert.equal(countdown(NOW + 2 * DAY + 3 * HOUR, NOW), '2 d 3 h')
    assert.equal(countdown(NOW, NOW), 'due now')
  })

  test('the same in French, with narrow spaces that do not break', ({ assert }) => {
    const words = timeWords('fr')
    assert.equal(words.span(3 * HOUR + 12 * MINUTE), '3\u202Fh 12\u202Fmin')
    assert.equal(words.ago(NOW - 3 * DAY, NOW), 'il y a 3\u202Fj')
    assert.equal(words.left(NOW - 4 * MINUTE, NOW), 'expiré il y a 4\u202Fmin')
    assert.equal(words.until(NOW + 90 * SECOND, NOW), 'dans 1\u202Fmin 30\u202Fs')
    assert.equal(words.took(1_420), '1,4\u202Fs')
    assert.equal(words.moment(NOW + 22 * HOUR, NOW), '15 mars, 07:26 UTC')
  })

  test('the same in Japanese, without spaces between figure and unit', ({ assert }) => {
    const words = timeWords('ja')
    assert.equal(words.span(3 * HOUR + 12 * MINUTE), '3時間 12分')
    assert.equal(words.ago(NOW - 3 * DAY, NOW), '3日前')
    assert.equal(words.left(NOW - 4 * MINUTE, NOW), '4分前に期限切れ')
    assert.equal(words.until(NOW + 90 * SECOND, NOW), '1分 30秒後')
    assert.equal(words.took(1_420), '1.4秒')
    assert.equal(words.moment(NOW + 22 * HOUR, NOW), '3月15日 07:26 UTC')
  })

  test('what people plan stands in their own zone; what they compare with logs in UTC', ({ assert }) => {
    const words = timeWords('en', 'Asia/Tokyo')
    assert.equal(words.moment(NOW + 3 * HOUR, NOW), '21:26 GMT+9')
    assert.equal(words.moment(NOW + 7 * HOUR, NOW), '15 Mar, 01:26 GMT+9')
    assert.equal(words.stamp(NOW), '2026-03-14 09:26:53 UTC')
  })

  test('a language that we do not have is spoken in English', ({ assert }) => {
    assert.equal(timeWords('de').ago(NOW - 3 * DAY, NOW), '3 d ago')
  })

  test('the scheduler is late after two intervals and stands still after five; people are told after a minute', ({
    assert,
  }) => {
    const interval = 10_000
    assert.equal(schedulerPulse(null, null), 'never')
    assert.equal(schedulerPulse(20_000, interval), 'ok')
    assert.equal(schedulerPulse(20_001, interval), 'late')
    assert.equal(schedulerPulse(50_000, interval), 'late')
    assert.equal(schedulerPulse(50_001, interval), 'stalled')
    assert.equal(schedulerPulse(3_900, 1_000), 'ok')
    assert.deepEqual([null, 1_000, 60_000].map(stalledAfter), [60_000, 60_000, 300_000])
  })
})
