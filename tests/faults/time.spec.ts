import { test } from '@japa/runner'
import type { Row } from '#store/driver'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { LabClock } from '#tests/helpers/lab/lab_clock'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR
const STEPS = [
  ['an hour forward', HOUR],
  ['an hour back', -HOUR],
  ['a year forward', 365 * DAY],
  ['a year back', -365 * DAY],
] as const

test.group('Clocks that step, on postgres with its own clock', (group) => {
  group.each.timeout(60_000)
  group.tap((one) => {
    if (!postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
  })

  for (const [name, step] of STEPS) {
    test(`a host whose clock is ${name} refreshes what is due by the database, and stores the database's time`, async ({
      assert,
      cleanup,
    }) => {
      const bench = await LabBench.open(cleanup, { dialect: 'postgres', expiresIn: 3600 })
      const due = await bench.connect('due', 5)
      const later = await bench.connect('later', 50, { dueIn: 30 * MINUTE })
      const clock = new LabClock(step)
      const engine = bench.engine({ clock, driver: bench.database.driverFor(clock, true) })
      await engine.refresh.refreshDue()
      await engine.store.markLapsed()
      assert.equal(bench.presentations(), 5)
      for (const row of await bench.database.rows(due.accounts)) assertAnHourLeft(row, bench, assert)
      for (const row of await bench.database.rows(later.accounts)) assert.equal(row.status, 'connected')
    })

    test(`a clock that steps ${name} while a request is on its way never puts the expiry too late, and a sweep later it is right`, async ({
      assert,
      cleanup,
    }) => {
      const bench = await LabBench.open(cleanup, { dialect: 'postgres', expiresIn: 3600 })
      const { accounts } = await bench.connect('ana', 5)
      const clock = new LabClock()
      const engine = bench.engine({ clock, driver: bench.database.driverFor(clock, true) })
      await bench.lab.hold('rotated')
      const sweep = engine.refresh.refreshDue()
      await bench.lab.gathered(5)
      clock.step(step)
      await bench.lab.release()
      await sweep
      for (const row of await bench.database.rows(accounts))
        assert.isAtMost(Number(row.token_expires_at), bench.clock.now() + HOUR)
      await engine.refresh.refreshDue()
      for (const row of await bench.database.rows(accounts)) assertAnHourLeft(row, bench, assert)
    })
  }

  test('two refusals a second apart are one strike, whatever the host believes to be the time between them', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
    const { accounts, ids } = await bench.connect('ana', 1)
    await bench.lab.script(accounts[0], 'false_refusal', 'false_refusal')
    const clock = new LabClock()
    const engine = bench.engine({ clock, driver: bench.database.driverFor(clock, true) })
    await engine.refresh.refreshOne(ids[0], { kind: 'manual' })
    clock.step(20 * MINUTE)
    await engine.refresh.refreshOne(ids[0], { kind: 'manual' })
    const [row] = await bench.database.rows(accounts)
    assert.isOk(row.is_active)
    assert.equal(row.status, 'connected')
  })
})

test.group('Clocks that step, where the host has the only clock', (group) => {
  group.each.timeout(60_000)
  group.tap((one) => {
    if (one.title.endsWith('postgres') && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
  })

  for (const [name, step] of STEPS.filter(([, by]) => by < 0)) {
    test(`a clock set ${name} refreshes nothing that is not due, and strikes and expires nobody`, async ({
      assert,
      cleanup,
    }) => {
      const bench = await LabBench.open(cleanup)
      const { accounts } = await bench.connect('later', 50, { dueIn: 30 * MINUTE })
      const engine = bench.engine()
      bench.clock.step(step)
      await engine.refresh.refreshDue()
      await engine.store.markLapsed()
      assert.equal(bench.presentations(), 0)
      for (const row of await bench.database.rows(accounts)) assertUntouched(row, assert)
    })
  }

  for (const [name, step] of STEPS.filter(([, by]) => by > 0)) {
    test(`a clock set ${name} and back again costs each connection one refresh at most, and strikes nobody`, async ({
      assert,
      cleanup,
    }) => {
      const bench = await LabBench.open(cleanup)
      const { accounts } = await bench.connect('ana', 50, { dueIn: 30 * MINUTE })
      const engine = bench.engine()
      bench.clock.step(step)
      await engine.refresh.refreshDue()
      bench.clock.step(-step)
      await engine.refresh.refreshDue()
      await engine.store.markLapsed()
      const findings = await bench.checker.judge(accounts)
      assert.isTrue(findings.every(({ presented, lost, behind }) => presented <= 1 && !lost && !behind))
      for (const row of await bench.database.rows(accounts)) assertUntouched(row, assert)
    })
  }

  for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
    test(`a claim of a process whose time is a little ahead is respected, on ${dialect}`, async ({
      assert,
      cleanup,
    }) => {
      const bench = await LabBench.open(cleanup, { dialect })
      const { accounts } = await bench.connect('ana', 5)
      const ahead = bench.engine({ clock: new LabClock(SECOND) })
      await bench.lab.hold('rotated')
      const sweep = ahead.refresh.refreshDue()
      await bench.lab.gathered(5)
      await bench.engine().refresh.refreshDue()
      await bench.lab.release()
      await sweep
      const findings = await bench.checker.judge(accounts)
      assert.isTrue(findings.every(({ presented, lost }) => presented === 1 && !lost))
    })
  }

  test('a lease that a clock now set back has put far into the future holds nobody up', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup)
    const { accounts } = await bench.connect('ana', 3)
    const engine = bench.engine()
    await bench.database.run('UPDATE connections SET lease_until = ?t, attempt_id = id, open_attempts = 1', [
      bench.clock.now() + 365 * DAY,
    ])
    await engine.refresh.refreshDue()
    assert.isTrue(
      (await bench.checker.judge(accounts)).every(({ presented, behind }) => presented === 1 && !behind)
    )
  })
})

test.group('Time zones', (group) => {
  group.each.timeout(60_000)
  const places = [
    ['sqlite', Date.UTC(2026, 10, 1, 5, 30)],
    ['sqlite', Date.UTC(2026, 2, 8, 6, 30)],
    ['postgres', Date.UTC(2026, 10, 1, 5, 30)],
    ['postgres', Date.UTC(2026, 2, 8, 6, 30)],
  ] as const
  group.tap((one) => {
    if (one.title.endsWith('postgres') && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
  })

  for (const [dialect, start] of places) {
    test(`an hour is an hour in New York on ${new Date(start).toISOString().slice(0, 10)}, on ${dialect}`, async ({
      assert,
      cleanup,
    }) => {
      const bench = await LabBench.open(cleanup, { dialect, expiresIn: 3600 })
      await bench.advance(start - bench.clock.now())
      const { accounts } = await bench.connect('ana', 3)
      const worker = await bench.worker({}, { TZ: 'America/New_York' })
      await worker.sweep()
      for (const row of await bench.database.rows(accounts)) assertAnHourLeft(row, bench, assert)
      await bench.advance(50 * MINUTE)
      await worker.sweep()
      assert.equal(bench.presentations(), 3)
      await bench.advance(6 * MINUTE)
      await worker.sweep()
      assert.equal(bench.presentations(), 6)
      for (const row of await bench.database.rows(accounts)) assertAnHourLeft(row, bench, assert)
    })
  }
})

interface Assertions {
  closeTo(actual: number, expected: number, delta: number): void
  isOk(value: unknown): void
  isNull(value: unknown): void
  equal(one: unknown, other: unknown): void
}

function assertAnHourLeft(row: Row, { clock }: LabBench, assert: Assertions): void {
  assert.closeTo(Number(row.token_expires_at), clock.now() + HOUR, 10 * SECOND)
  assert.closeTo(Number(row.next_refresh_at), clock.now() + 55 * MINUTE, 45 * SECOND)
}

function assertUntouched(row: Row, assert: Assertions): void {
  assert.isOk(row.is_active)
  assert.isNull(row.token_refresh_failed_at)
  assert.equal(row.status, 'connected')
}
