import { existsSync, readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { CHART, derive, REPORT, SAMPLES } from '../../bench/report.js'
import { gateOf } from '../../bench/support/results.js'
import type { Figure, Measured } from '../../bench/support/types.js'

test.group('Benchmarks', () => {
  test('a report and its chart follow from the samples beside them, byte for byte; without samples there is none', async ({
    assert,
  }) => {
    if (!existsSync(SAMPLES)) {
      assert.isFalse(existsSync(REPORT))
      assert.isFalse(existsSync(CHART))
      return
    }
    const derived = await derive(JSON.parse(readFileSync(SAMPLES, 'utf8')))
    assert.equal(derived.report, readFileSync(REPORT, 'utf8'))
    assert.equal(derived.chart, readFileSync(CHART, 'utf8'))
  })

  const below: Figure = {
    title: 'a page',
    unit: 'ms',
    of: { series: 'page' },
    target: { is: 'below', value: 100 },
  }
  const measured = (figure: Figure, rounds: number[][]): Measured => ({
    ...{ name: 'list', command: '', how: '', seconds: 1, notes: [], figures: [figure] },
    series: { page: { unit: 'ms', rounds } },
  })

  test('a gate goes by the best round of figures that a busy machine does not change', ({ assert }) => {
    const steady = { ...below, steady: true }
    assert.deepEqual(gateOf([measured(below, [[500]])]), [])
    assert.containSubset(gateOf([measured(steady, [[180], [90]])]), [{ best: 90, met: true }])
    assert.containSubset(gateOf([measured(steady, [[180], [101]])]), [{ best: 101, met: false }])
    assert.containSubset(
      gateOf([measured({ ...steady, target: { is: 'at least', value: 2 } }, [[1], [2]])]),
      [{ best: 2, met: true }]
    )
  })

  test('what was not measured does not pass a gate', ({ assert }) => {
    const steady = { ...below, of: { series: 'another' }, steady: true }
    assert.containSubset(gateOf([measured(steady, [[1]])]), [{ best: null, met: false }])
  })
})
