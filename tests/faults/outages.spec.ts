import { setTimeout as sleep } from 'node:timers/promises'
import type { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

/** What is claimed when the trouble begins: 50 in flight and half as many ahead. After it only probes leave. */
const FIRST_WAVE = 75

test.group('Outages', (group) => {
  group.each.timeout(180_000)

  test('a wrong client secret for an hour strikes none of 200 accounts and costs a probe each five minutes', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup)
    const { accounts } = await bench.connect('ana', 200)
    const engine = bench.engine()
    await bench.lab.expectSecret('rotated-by-an-operator')
    await tick(bench, engine, HOUR, 10 * SECOND)
    assert.isAtMost(bench.presentations(), FIRST_WAVE + 12)
    for (const row of await bench.database.rows(accounts)) {
      assert.isOk(row.is_active)
      assert.isNull(row.token_refresh_failed_at)
      assert.include(['connected', 'token_expired'], String(row.status))
    }
    await bench.lab.expectSecret('client-secret')
    await tick(bench, engine, 11 * MINUTE, 10 * SECOND)
    await assertAllWell(bench, accounts, assert)
  })

  test('six hours of 503 strike none of 200 accounts, cost a probe a minute and heal within a cycle', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup)
    const { accounts } = await bench.connect('ana', 200)
    const engine = bench.engine()
    await bench.lab.standing('unavailable')
    await tick(bench, engine, 6 * HOUR, 15 * SECOND)
    assert.isAtMost(bench.presentations(), FIRST_WAVE + 6 * 60)
    for (const row of await bench.database.rows(accounts)) {
      assert.isOk(row.is_active)
      assert.isNull(row.token_refresh_failed_at)
      assert.equal(row.status, 'token_expired')
    }
    await bench.lab.standing(null)
    await tick(bench, engine, 7 * MINUTE, 15 * SECOND)
    await assertAllWell(bench, accounts, assert)
  })

  test('20,000 due at once pass a limit of 100 a second, each once, in the time that the limit allows', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup, {
      providers: [{ id: 'lab', reuse: 'strict', perSecond: 100 }],
    })
    const { accounts } = await bench.connect('ana', 20_000)
    const engine = bench.engine()
    let seconds = 0
    for (let refreshed = 0; refreshed < accounts.length && seconds < 300; seconds++) {
      refreshed += (await engine.refresh.refreshDue()).refreshed
      await bench.advance(SECOND)
    }
    assert.isAtMost(seconds, 1.2 * 200)
    for (let first = 0; first < accounts.length; first += 5_000) {
      const findings = await bench.checker.judge(accounts.slice(first, first + 5_000))
      assert.isTrue(findings.every(({ presented, lost }) => presented === 1 && !lost))
    }
  })

  test('1,000 due at once against 100 a second, in real time: the limit holds and the time is used', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup, {
      providers: [{ id: 'lab', reuse: 'strict', perSecond: 100 }],
    })
    const { accounts } = await bench.connect('ana', 1_000)
    await bench.lab.takeTime(30)
    const engine = bench.engine()
    const started = performance.now()
    for (let refreshed = 0; refreshed < accounts.length;) {
      const tickedAt = performance.now()
      refreshed += (await engine.refresh.refreshDue()).refreshed
      await sleep(Math.max(0, SECOND - (performance.now() - tickedAt)))
    }
    const seconds = (performance.now() - started) / 1_000
    // A full bucket at the start saves the first second.
    assert.isAtMost(seconds, 1.2 * 10)
    assert.isTrue(
      (await bench.checker.judge(accounts)).every(({ presented, lost }) => presented === 1 && !lost)
    )
    // A bucket that holds one second's worth: at most that, and a second's worth for each second that passed.
    let sent = 0
    for (const [second, count] of countsPerSecond(bench).entries()) {
      sent += count
      assert.isAtMost(sent, 100 * (second + 2))
    }
  })
})

/** Lets `span` pass in steps, with a sweep and the housekeeping of lapsed tokens at each. */
async function tick(bench: LabBench, engine: Engine, span: number, step: number): Promise<void> {
  for (let passed = 0; passed < span; passed += step) {
    await engine.refresh.refreshDue()
    await engine.store.markLapsed()
    await bench.advance(step)
  }
}

async function assertAllWell(bench: LabBench, accounts: readonly string[], assert: Assert): Promise<void> {
  const findings = await bench.checker.judge(accounts)
  assert.isTrue(findings.every(({ lost, behind, reused }) => !lost && !behind && reused === 0))
  for (const row of await bench.database.rows(accounts)) assert.equal(row.status, 'connected')
}

/** How many requests arrived in each second since the first. */
function countsPerSecond({ lab }: LabBench): number[] {
  const times = lab.truth.all().flatMap(({ event, at }) => (event === 'presented' ? [at] : []))
  const first = Math.min(...times)
  const counts: number[] = []
  for (const time of times) {
    const second = Math.floor((time - first) / 1_000)
    counts[second] = (counts[second] ?? 0) + 1
  }
  return Array.from(counts, (count) => count ?? 0)
}
