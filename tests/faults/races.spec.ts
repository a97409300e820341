import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { LabBench, ONE_OF_EACH } from '#tests/helpers/lab/lab_bench'
import { MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

const onDemand = { kind: 'on_demand' } as const

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Races on ${dialect}`, (group) => {
    group.each.timeout(120_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    const open = (cleanup: (work: () => Promise<void>) => void, options = {}) =>
      LabBench.open(cleanup, { dialect, ...options })

    test('50 expired connections × 10 callers in one process: 50 calls, 500 good answers', async ({
      assert,
      cleanup,
    }) => {
      const bench = await open(cleanup)
      const { accounts, ids } = await bench.connect('ana', 50, { expiresIn: -MINUTE })
      const { refresh } = bench.engine()
      const tenTimes = Array.from({ length: 10 }, () => ids).flat()
      const outcomes = await Promise.all(tenTimes.map((id) => refresh.refreshOne(id, onDemand)))
      assert.lengthOf(outcomes, 500)
      assert.deepEqual(
        outcomes.filter(({ status }) => status !== 'refreshed'),
        []
      )
      assert.equal(bench.presentations(), 50)
      assert.isTrue((await bench.checker.judge(accounts)).every(({ lost, reused }) => !lost && reused === 0))
    })

    test('50 expired connections × 10 callers in two processes: 50 calls, 500 good answers', async ({
      assert,
      cleanup,
    }) => {
      const bench = await open(cleanup)
      const { accounts, ids } = await bench.connect('ana', 50, { expiresIn: -MINUTE })
      await bench.lab.takeTime(20)
      const workers = await Promise.all([bench.worker(), bench.worker()])
      const fiveTimes = Array.from({ length: 5 }, () => ids).flat()
      const outcomes = await Promise.all(workers.map((worker) => worker.refresh(fiveTimes)))
      assert.lengthOf(outcomes.flat(), 500)
      assert.deepEqual(
        outcomes.flat().filter(({ status }) => status !== 'refreshed'),
        []
      )
      assert.equal(bench.presentations(), 50)
      assert.isTrue((await bench.checker.judge(accounts)).every(({ lost, reused }) => !lost && reused === 0))
    })

    test('a sweep that is slower than its leases sends nothing twice, also with two processes', async ({
      assert,
      cleanup,
    }) => {
      const bench = await open(cleanup, { providers: [{ id: 'lab', reuse: 'strict', perSecond: 1 }] })
      // At one a second a sweep of some three minutes: several leases.
      const { accounts } = await bench.connect('ana', 160)
      const workers = await Promise.all([
        bench.worker({ requestDeadline: 1_000 }),
        bench.worker({ requestDeadline: 1_000 }),
      ])
      let swept = false
      const sweeps = Promise.all(workers.map((worker) => worker.sweep())).then(() => (swept = true))
      while (!swept) {
        await bench.advance(SECOND)
        await sleep(10)
      }
      await sweeps
      const findings = await bench.checker.judge(accounts)
      assert.isTrue(findings.every(({ presented, lost }) => presented === 1 && !lost))
      assert.isAtMost(mostWithin(bench, SECOND - 20), 2)
    })

    test('claims whose lease ran out in the queue are given back, not sent', async ({ assert, cleanup }) => {
      const bench = await open(cleanup)
      const { accounts } = await bench.connect('ana', 6)
      const first = bench.engine({ requestDeadline: 1_000, concurrency: 4 })
      await bench.lab.hold('received')
      const sweep = first.refresh.refreshDue()
      await bench.lab.gathered(4)
      // Two more wait in the queue of the first process while time passes; the four in flight stay in flight.
      bench.clock.advance(10 * SECOND)
      await bench.lab.release()
      await sweep
      await bench.lab.idle()
      const findings = await bench.checker.judge(accounts)
      assert.isTrue(findings.every(({ presented, lost }) => presented === 1 && !lost))
      assert.isTrue((await bench.database.rows(accounts)).every((row) => row.open_attempts === 0))
    })

    test('a process that sleeps past its lease keeps the rotated answer that it finds on waking', async ({
      assert,
      cleanup,
    }) => {
      const bench = await open(cleanup, { providers: ONE_OF_EACH })
      const accounts: string[] = []
      for (const provider of ONE_OF_EACH) {
        accounts.push(...(await bench.connect(provider.id, 5, { provider })).accounts)
      }
      const sleeper = await bench.worker({ requestDeadline: 1_500 })
      await bench.lab.hold('rotated')
      const sweep = sleeper.sweep()
      await bench.lab.gathered(accounts.length)
      sleeper.signal('SIGSTOP')
      await bench.lab.release()
      await sleep(2_000)
      sleeper.signal('SIGCONT')
      await sweep
      const findings = await bench.checker.judge(accounts)
      assert.isTrue(findings.every(({ lost, behind, presented }) => !lost && !behind && presented === 1))
    })

    test('a process that sleeps past its lease does no harm to what another one did meanwhile', async ({
      assert,
      cleanup,
    }) => {
      const bench = await open(cleanup, { providers: ONE_OF_EACH })
      const accounts = new Map<string, string[]>()
      for (const provider of ONE_OF_EACH) {
        accounts.set(provider.reuse, (await bench.connect(provider.id, 5, { provider })).accounts)
      }
      const sleeper = await bench.worker({ requestDeadline: 3_000 })
      const other = await bench.worker({ requestDeadline: 3_000 })
      await bench.lab.hold('rotated')
      const sweep = sleeper.sweep()
      await bench.lab.gathered(20)
      sleeper.signal('SIGSTOP')
      await bench.lab.release()
      await bench.advance(27 * SECOND, [sleeper])
      await other.sweep()
      sleeper.signal('SIGCONT')
      await sweep
      await sleeper.advance(27 * SECOND)
      for (const wait of [15 * MINUTE, 15 * MINUTE]) {
        await bench.advance(wait)
        await other.sweep()
        await sleeper.sweep()
      }
      for (const [reuse, own] of accounts) {
        const findings = await bench.checker.judge(own)
        // A strict provider ends the grant at the second presentation; the log says that it was made in doubt.
        const unharmed = findings.filter(({ lost, inDoubt }) => !lost || (reuse === 'strict' && inDoubt))
        assert.lengthOf(unharmed, 5, reuse)
        assert.isTrue(findings.every(({ falselyDeactivated }) => !falselyDeactivated))
      }
    })

    test('a process told to end during a sweep finishes what is in flight, claims nothing more and exits with 0', async ({
      assert,
      cleanup,
    }) => {
      const bench = await open(cleanup)
      const { accounts } = await bench.connect('ana', 60)
      const worker = await bench.worker({ concurrency: 10 })
      await bench.lab.hold('rotated', 10)
      await bench.lab.takeTime(30)
      worker.sweep().catch(() => {})
      await bench.lab.gathered(10)
      worker.signal('SIGTERM')
      const { code, signal } = await worker.exited
      assert.deepEqual([code, signal], [0, null])
      const findings = await bench.checker.judge(accounts)
      assert.isTrue(findings.every(({ lost, behind }) => !lost && !behind))
      const rows = await bench.database.rows(accounts)
      assert.isTrue(rows.every((row) => row.attempt_id === null && row.open_attempts === 0))
      assert.isBelow(bench.presentations(), 60)
      assert.lengthOf(await bench.database.all('SELECT id FROM workers'), 0)
    })
  })
}

/** The most presentations that arrived within one window of this length. */
function mostWithin({ lab }: LabBench, window: number): number {
  const times = lab.truth
    .all()
    .filter(({ event }) => event === 'presented')
    .map(({ at }) => at)
    .sort((one, other) => one - other)
  let most = 0
  for (let last = 0, first = 0; last < times.length; last++) {
    while (times[last] - times[first] >= window) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
