import { existsSync, readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { CHART, derive, REPORT, SAMPLES } from '../../bench/report.js'

test.group('Benchmarks', () => {
  test('the report and its chart follow from the samples, byte for byte', async ({ assert }) => {
    const derived = await derive(JSON.parse(readFileSync(SAMPLES, 'utf8')))
    assert.equal(derived.report, readFileSync(REPORT, 'utf8'))
    assert.equal(derived.chart, readFileSync(CHART, 'utf8'))
  }).skip(() => !existsSync(SAMPLES), 'no samples have been taken yet: npm run bench')
})
