import { test } from '@japa/runner'
import { ANSWER_FAULTS, FAULT_NAMES } from '#tests/helpers/lab/answer_faults'
import { LAB_CLASSES } from '#tests/helpers/lab/grants'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

// Each pair of class and fault has a provider of its own, so that no breaker and no pause reaches another one.
const CASES = LAB_CLASSES.flatMap((reuse) =>
  FAULT_NAMES.map((fault) => ({ id: `${reuse}-${fault}`.replaceAll('_', '-'), reuse, fault }))
)

test.group('Answers that never were', (group) => {
  group.each.timeout(120_000)

  test('every fault of every reuse class heals by itself, but for a spent token of a strict provider, which is flagged', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup, { providers: CASES })
    for (const one of CASES) {
      await bench.connect(one.id, 1, { provider: one })
      await bench.lab.script(`${one.id}-0`, one.fault)
    }
    const engine = bench.engine({ requestDeadline: 1_000, concurrency: 100 })
    for (const [span, step] of [
      [30 * SECOND, SECOND],
      [45 * MINUTE, MINUTE],
    ]) {
      for (let passed = 0; passed < span; passed += step) {
        await engine.refresh.refreshDue()
        await bench.advance(step)
      }
    }
    for (const { id, reuse, fault } of CASES) {
      const [finding] = await bench.checker.judge([`${id}-0`])
      const spent = reuse === 'strict' && ANSWER_FAULTS[fault].processes
      const expected = { lost: spent, flagged: spent, falselyDeactivated: false, presentedTwice: false }
      assert.deepInclude(finding, expected, id)
    }
  })
})
