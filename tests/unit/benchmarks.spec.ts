import { existsSync, readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { CHART, derive, REPORT, SAMPLES } from '../../bench/report.js'

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
})
