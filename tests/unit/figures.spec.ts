import { test } from '@japa/runner'
import { DEFAULT_LIMITS, judge, type Situation } from '#services/figures/alert_rules'
import { figureOf, type Cell, type Figure } from '#services/figures/figure'
import { quantile, REFRESH_BOUNDS } from '#services/figures/histogram'
import { HOUR, planPeriod, spansInLog } from '#services/figures/period'
import { nextChunk } from '#services/refresh_log/retention'
import { NOW } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR

function cell(outcome: string, attempts: number, durationMs = 100): Cell {
  const buckets = Array.from({ length: 12 }, (_, bucket) => (bucket === 3 ? attempts : 0))
  return { provider: 'acme', kind: 'scheduled', job: '', outcome, attempts, durationMs, buckets }
}

const cells = (success: number, failed: number, superseded = 0, notExtended = 0) => [
  cell('success', success),
  cell('failed', failed),
  cell('superseded', superseded),
  cell('not_extended', notExtended),
]

test.group('Figures', () => {
  test('what somebody else did says nothing about success, and what was not extended is none', ({
    assert,
  }) => {
    const figure = figureOf(cells(8, 1, 10, 1))
    assert.equal(figure.successRate, 0.8)
    assert.equal(figure.errorRate, 1 / 20)
  })

  test('of nothing there is no rate and no duration', ({ assert }) => {
    const none = figureOf([])
    assert.deepEqual(
      [none.attempts, none.successRate, none.errorRate, none.meanMs, none.p95Ms],
      [0, null, null, null, null]
    )
  })

  test('the p95 lies in the bucket that holds it', ({ assert }) => {
    const counts = [0, 0, 90, 0, 10, 0, 0, 0, 0, 0, 0, 0]
    assert.equal(quantile(counts, REFRESH_BOUNDS, 0.5), 78)
    assert.equal(quantile(counts, REFRESH_BOUNDS, 0.95), 300)
    assert.equal(quantile([...Array(11).fill(0), 4], REFRESH_BOUNDS, 0.95), 25_600)
  })
})

test.group('Periods', () => {
  const from = NOW - 3 * HOUR - 90_000
  const plan = planPeriod({ from, to: NOW + 1 }, NOW)

  test('whole hours come from the roll-up, both ends from the log', ({ assert }) => {
    assert.deepEqual(spansInLog(plan, NOW - 5 * 60_000), [
      { from, to: NOW - 3 * HOUR },
      { from: NOW - 5 * 60_000, to: NOW + 1 },
    ])
  })

  test('without a roll-up, and before the first whole hour of it, everything comes from the log', ({
    assert,
  }) => {
    assert.deepEqual(spansInLog(plan, null), [{ from, to: NOW + 1 }])
    assert.deepEqual(spansInLog(plan, NOW - 4 * HOUR), [{ from, to: NOW + 1 }])
  })

  test('a period that the roll-up has passed takes its last part of an hour from the log', ({ assert }) => {
    const past = planPeriod({ from: NOW - 5 * HOUR, to: NOW - 2 * HOUR - 1 }, NOW)
    assert.deepEqual(spansInLog(past, NOW), [{ from: NOW - 3 * HOUR, to: NOW - 2 * HOUR - 1 }])
  })

  test('ends that are older than a day are moved out to whole hours', ({ assert }) => {
    const old = planPeriod({ from: NOW - 3 * DAY + 1, to: NOW - 2 * DAY + 1 }, NOW)
    assert.deepEqual([old.from, old.to], [NOW - 3 * DAY, NOW - 2 * DAY + HOUR])
    assert.deepEqual(spansInLog(old, NOW), [])
  })
})

test.group('Alert rules', () => {
  const calm: Situation = {
    now: NOW,
    figures: { total: figureOf([]), providers: [], jobs: [] },
    runs: [],
    overdue: 0,
    tick: { at: NOW - 1_000, interval: 1_000 },
  }
  const bad = (change: Partial<Situation>) =>
    judge({ ...calm, ...change }, DEFAULT_LIMITS)
      .filter(({ state }) => state === 'bad')
      .map(({ rule, subject }) => `${rule} ${subject}`)
  const figures = (total: Figure) => ({
    total,
    providers: [{ name: 'acme', ...total }],
    jobs: [
      { name: '', ...total },
      { name: 'daily', ...total },
    ],
  })
  const runs = (count: number, meanMs: number) => [
    { job: 'daily', runs: count, failed: 0, cancelled: 0, meanMs, p95Ms: meanMs },
  ]

  test('nothing is told of calm', ({ assert }) => assert.deepEqual(bad({}), []))

  test('95 % of successes and 5 % of failures are enough, less and more are told', ({ assert }) => {
    assert.deepEqual(bad({ figures: figures(figureOf(cells(95, 5))) }), [])
    assert.deepEqual(bad({ figures: figures(figureOf(cells(94, 6))) }), [
      'success_rate all',
      'error_rate provider:acme',
      'error_rate job:daily',
    ])
  })

  test('one failure of two, or of nineteen, is no figure', ({ assert }) => {
    assert.deepEqual(bad({ figures: figures(figureOf(cells(1, 1))) }), [])
    assert.deepEqual(bad({ figures: figures(figureOf(cells(0, 19))) }), [])
  })

  test('runs of more than 30 s on average are told, from three on', ({ assert }) => {
    assert.deepEqual(bad({ runs: runs(3, 30_000) }), [])
    assert.deepEqual(bad({ runs: runs(3, 30_001) }), ['run_time job:daily'])
    assert.deepEqual(bad({ runs: runs(2, 60_000) }), [])
  })

  test('one token overdue is told', ({ assert }) => {
    assert.deepEqual(bad({ overdue: 1 }), ['overdue all'])
  })

  test('a scheduler stands still after a minute, a slow one after five of its ticks', ({ assert }) => {
    assert.deepEqual(bad({ tick: { at: NOW - 60_000, interval: 1_000 } }), [])
    assert.deepEqual(bad({ tick: { at: NOW - 60_001, interval: 1_000 } }), ['scheduler_stalled all'])
    assert.deepEqual(bad({ tick: { at: NOW - 300_000, interval: 60_000 } }), [])
    assert.deepEqual(bad({ tick: { at: NOW - 300_001, interval: 60_000 } }), ['scheduler_stalled all'])
  })

  test('without any scheduler it stands still only where work is left undone', ({ assert }) => {
    assert.deepEqual(bad({ tick: null }), [])
    assert.deepEqual(bad({ tick: null, overdue: 3 }), ['overdue all', 'scheduler_stalled all'])
  })
})

test.group('Chunks of the retention', () => {
  test('a chunk that took long is followed by one that fits, a quick one by a larger one', ({ assert }) => {
    assert.equal(nextChunk(100, 2), 200)
    assert.equal(nextChunk(100, 15), 100)
    assert.equal(nextChunk(1_000, 100), 150)
    assert.equal(nextChunk(2_000, 0), 2_000)
    assert.equal(nextChunk(10, 500), 10)
  })
})
