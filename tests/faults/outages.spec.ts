import type { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import { createTransport } from '#oauth/transport'
import type { Engine } from '#services/build_engine'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

/** What is in flight when the trouble begins. What was claimed ahead is given back, and after it only probes leave. */
const FIRST_WAVE = 50

/** Due at once, against a limit of 100 a second; `npm run bench -- rate-limit` takes 20,000. */
const DUE = 4_000

/** The breaker opens at the fifth failure in a row; the slots of the four before it may be taken again until then. */
const UNTIL_IT_OPENS = 4

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
    assert.isAtMost(bench.presentations(), FIRST_WAVE + UNTIL_IT_OPENS + 6 * 60)
    for (const row of await bench.database.rows(accounts)) {
      assert.isOk(row.is_active)
      assert.isNull(row.token_refresh_failed_at)
      assert.equal(row.status, 'token_expired')
    }
    await bench.lab.standing(null)
    await tick(bench, engine, 7 * MINUTE, 15 * SECOND)
    await assertAllWell(bench, accounts, assert)
  })

  test('thousands due at once pass a limit of 100 a second, each once, in the time that the limit allows', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup, {
      providers: [{ id: 'lab', reuse: 'strict', perSecond: 100 }],
    })
    const { accounts } = await bench.connect('ana', DUE)
    // Waiting lets the clock of the laboratory pass, so that the sweep runs as it would for some forty seconds.
    const { transport, departures } = watched(bench)
    const engine = bench.engine({
      transport,
      sleep: async (milliseconds) => {
        // What is on its way arrives before time goes on, or requests of several seconds would arrive in one.
        await bench.lab.idle()
        await bench.advance(milliseconds)
      },
    })
    const { refreshed } = await engine.refresh.refreshDue()
    assert.equal(refreshed, accounts.length)
    assert.isAtMost(bench.clock.offset, 1.2 * (DUE / 100) * SECOND)
    assert.isAtMost(most(departures), 100)
    const findings = await bench.checker.judge(accounts)
    assert.isTrue(findings.every(({ presented, lost }) => presented === 1 && !lost))
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
    const { transport, departures } = watched(bench)
    const engine = bench.engine({ transport })
    const started = performance.now()
    await engine.refresh.refreshDue()
    const seconds = (performance.now() - started) / 1_000
    assert.isAtMost(seconds, 1.2 * 10)
    assert.isTrue(
      (await bench.checker.judge(accounts)).every(({ presented, lost }) => presented === 1 && !lost)
    )
    assert.isAtMost(most(departures), 100)
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

/**
 * A transport that notes when requests leave. How long each is on its way is not ours to decide: on a busy machine those
 * of two seconds may arrive in one.
 */
function watched({ clock }: LabBench) {
  const inner = createTransport({ clock })
  const departures: number[] = []
  const transport: Engine['transport'] = {
    send(request, options) {
      departures.push(clock.now())
      return inner.send(request, options)
    },
    close: () => inner.close(),
  }
  return { transport, departures }
}

/** A request leaves up to so much later than it was permitted, and then stands closer to those behind it. */
const DELAY = 20

/** The most that left within any second. */
function most(times: readonly number[]): number {
  let first = 0
  return times.reduce((highest, time, index) => {
    while (times[first] <= time - (SECOND - DELAY)) first++
    return Math.max(highest, index - first + 1)
  }, 0)
}
