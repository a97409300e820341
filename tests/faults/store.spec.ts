import { chmodSync, copyFileSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { all, type StoreDriver, type Work } from '#store/driver'
import { testDatabaseFile } from '#tests/helpers/database'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { openDriver } from '#tests/helpers/lab/lab_database'
import { RemoteProcess } from '#tests/helpers/lab/remote_process'
import { TcpProxy, type Verdict } from '#tests/helpers/lab/tcp_proxy'
import { SECOND } from '#tests/helpers/refresh_fixtures'

const LOCK_HOLDER = new URL('../helpers/lab/lock_holder.ts', import.meta.url)

test.group('A store in trouble on sqlite', (group) => {
  group.each.timeout(60_000)

  test('answers that come while another process holds the database are kept and committed, without freezing ours', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup)
    const { accounts } = await bench.connect('ana', 20)
    const holder = RemoteProcess.start(LOCK_HOLDER, { settings: { file: testDatabaseFile() } })
    cleanup(async () => void (await holder.end()))
    const spool = spoolFor(cleanup)
    const engine = bench.engine({ spoolFolder: spool.folder })
    await bench.lab.hold('rotated')
    const sweep = engine.refresh.refreshDue()
    await holder.ready()
    await bench.lab.gathered(20)
    await holder.call('hold', 3 * SECOND)
    await bench.lab.release()
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    await sleep(2 * SECOND)
    assert.equal(spool.kept(), 20)
    const { refreshed } = await sweep
    delay.disable()
    assert.equal(refreshed, 20)
    assert.equal(spool.kept(), 0)
    assert.isBelow(delay.max / 1e6, 500)
    const findings = await bench.checker.judge(accounts)
    assert.isTrue(findings.every(({ lost, behind, presented }) => !lost && !behind && presented === 1))
  })

  test('with a database that cannot be written nothing is sent', async ({ assert, cleanup }) => {
    const bench = await LabBench.open(cleanup)
    await bench.connect('ana', 5)
    await bench.database.all('PRAGMA wal_checkpoint(TRUNCATE)')
    const folder = mkdtempSync(join(tmpdir(), 'evergrant-readonly-'))
    const file = join(folder, 'copy.sqlite3')
    copyFileSync(testDatabaseFile(), file)
    chmodSync(file, 0o444)
    chmodSync(folder, 0o555)
    const isRoot = process.getuid?.() === 0
    // Nobody forbids anything to root: there, the database is one that its own owner may not write.
    if (isRoot) for (const path of [file, folder]) chownSync(path, 65_534, 65_534)
    cleanup(() => rmSync(folder, { recursive: true, force: true }))
    const worker = bench.prepare({ place: { dialect: 'sqlite', file } }, { uid: isRoot ? 65_534 : undefined })
    const refused = await worker
      .open(bench.clock.offset)
      .then(() => worker.sweep())
      .then(
        () => null,
        (error: Error) => error.message
      )
    assert.match(refused ?? 'the sweep went through', /readonly|unable to open/)
    assert.equal(bench.presentations(), 0)
  })
})

test.group('A store in trouble on postgres', (group) => {
  group.each.timeout(60_000)
  group.tap((one) => {
    if (!postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
  })

  test('a backend that is terminated between answer and commit costs nothing: stored once, sent once', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
    const { accounts } = await bench.connect('ana', 10)
    const engine = bench.engine({ driver: terminatedOnce(bench.database.driverFor(bench.clock)) })
    await engine.refresh.refreshDue()
    await assertStoredOnce(bench, accounts, assert)
  })

  test('every backend of the store is terminated while answers are on their way: stored once, sent once', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
    const { accounts } = await bench.connect('ana', 10)
    const engine = bench.engine()
    await bench.lab.hold('rotated')
    const sweep = engine.refresh.refreshDue()
    await bench.lab.gathered(10)
    await bench.database.all(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'evergrant-store' AND datname = current_database() AND pid <> pg_backend_pid()`
    )
    await bench.lab.release()
    await sweep
    await assertStoredOnce(bench, accounts, assert)
  })

  test('a commit whose acknowledgement is lost is recognized: stored once, sent once, told as stored', async ({
    assert,
    cleanup,
  }) => {
    const proxy = await proxyTo(postgresUrl ?? '')
    cleanup(() => proxy.close())
    const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
    const { accounts, ids } = await bench.connect('ana', 10)
    const engine = bench.engine({ driver: driverThrough(proxy, bench) })
    await bench.lab.hold('rotated')
    const calls = Promise.all(ids.map((id) => engine.refresh.refreshOne(id, { kind: 'manual' })))
    await bench.lab.gathered(10)
    proxy.faults.inspect = loseOneAcknowledgement()
    await bench.lab.release()
    const outcomes = await Promise.race([calls, sleep(10 * SECOND, null, { ref: false })])
    assert.isNotNull(outcomes, 'the settlement is tried for ever')
    assert.isTrue(outcomes?.every(({ status }) => status === 'refreshed'))
    await assertStoredOnce(bench, accounts, assert)
    const rows = await bench.database.rows(accounts)
    assert.isTrue(rows.every((row) => row.spare_refresh_token === null))
  })

  test('a claim whose acknowledgement is lost sends nothing before its lease has ended, and then once', async ({
    assert,
    cleanup,
  }) => {
    const proxy = await proxyTo(postgresUrl ?? '')
    cleanup(() => proxy.close())
    const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
    const { accounts } = await bench.connect('ana', 5)
    const engine = bench.engine({ driver: driverThrough(proxy, bench) })
    await engine.workers.register()
    proxy.faults.inspect = loseOneAcknowledgement()
    await sweepDespiteTrouble(engine)
    await sweepDespiteTrouble(engine)
    assert.equal(bench.presentations(), 0)
    await bench.advance(70 * SECOND)
    await engine.refresh.refreshDue()
    const findings = await bench.checker.judge(accounts)
    assert.isTrue(findings.every(({ lost, presented, inDoubt }) => !lost && presented === 1 && inDoubt))
  })

  test('a database that is away for three seconds after the answer gets it when it is back', async ({
    assert,
    cleanup,
  }) => {
    const proxy = await proxyTo(postgresUrl ?? '')
    cleanup(() => proxy.close())
    const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
    const { accounts } = await bench.connect('ana', 10)
    const engine = bench.engine({ driver: driverThrough(proxy, bench) })
    await bench.lab.hold('rotated')
    const sweep = engine.refresh.refreshDue()
    await bench.lab.gathered(10)
    proxy.faults.refuse = true
    proxy.resetAll()
    await bench.lab.release()
    await sleep(3 * SECOND)
    proxy.faults.refuse = false
    await sweep
    await assertStoredOnce(bench, accounts, assert)
  })

  for (const [trouble, fault] of [
    ['refuses', 'refuse'],
    ['is silent about', 'hang'],
  ] as const) {
    test(`every answer that a database ${trouble} for more than a second is on disk`, async ({
      assert,
      cleanup,
    }) => {
      const proxy = await proxyTo(postgresUrl ?? '')
      cleanup(() => proxy.close())
      const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
      const { accounts } = await bench.connect('ana', 10)
      const spool = spoolFor(cleanup)
      const engine = bench.engine({ driver: driverThrough(proxy, bench), spoolFolder: spool.folder })
      await bench.lab.hold('rotated')
      const sweep = engine.refresh.refreshDue()
      await bench.lab.gathered(10)
      proxy.faults[fault] = true
      if (fault === 'refuse') proxy.resetAll()
      await bench.lab.release()
      await sleep(2.5 * SECOND)
      const kept = spool.kept()
      proxy.faults[fault] = false
      proxy.resetAll()
      await sweep
      assert.equal(kept, 10)
      assert.equal(spool.kept(), 0)
      await assertStoredOnce(bench, accounts, assert)
    })
  }

  test('what a provider wrote survives a short trouble of the database', async ({ assert, cleanup }) => {
    const bench = await LabBench.open(cleanup, { dialect: 'postgres' })
    const { accounts, ids } = await bench.connect('ana', 1)
    await bench.lab.script(accounts[0], 'false_refusal')
    const engine = bench.engine({ driver: terminatedOnce(bench.database.driverFor(bench.clock)) })
    await engine.refresh.refreshOne(ids[0], { kind: 'manual' })
    const [row] = await bench.database.rows(accounts)
    assert.equal(row.error_code, 'invalid_grant')
  })
})

interface Assertions {
  isTrue(value: boolean): void
  lengthOf(list: unknown, length: number): void
}

/** Nothing lost, nothing sent twice, one line in the log for each, no claim left behind. */
async function assertStoredOnce(
  bench: LabBench,
  accounts: readonly string[],
  assert: Assertions
): Promise<void> {
  const findings = await bench.checker.judge(accounts)
  assert.isTrue(findings.every(({ lost, behind, presented }) => !lost && !behind && presented === 1))
  const attempts = await bench.database.attempts(accounts)
  assert.lengthOf(attempts, accounts.length)
  assert.isTrue(attempts.every(({ outcome }) => outcome === 'success'))
  assert.isTrue((await bench.database.rows(accounts)).every((row) => row.attempt_id === null))
}

async function sweepDespiteTrouble(engine: Engine): Promise<void> {
  await engine.refresh.refreshDue().catch(() => {})
}

async function proxyTo(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url)
  return TcpProxy.start({ host: hostname, port: Number(port || 5432) })
}

function driverThrough(proxy: TcpProxy, bench: LabBench): StoreDriver {
  const url = new URL(postgresUrl ?? '')
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  return openDriver({ dialect: 'postgres', url: url.href }, bench.clock)
}

/** A folder for spools, and how many answers lie in it. */
function spoolFor(cleanup: (work: () => void) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'evergrant-spool-'))
  cleanup(() => rmSync(folder, { recursive: true, force: true }))
  const kept = () => {
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    return texts.join('').match(/"settlement"/g)?.length ?? 0
  }
  return { folder, kept }
}

/** The server commits; before its word arrives, the link breaks. Once. */
function loseOneAcknowledgement(): (direction: 'up' | 'down', piece: Buffer) => Verdict {
  let state: 'watching' | 'committing' | 'done' = 'watching'
  return (direction, piece) => {
    if (state === 'watching' && direction === 'up' && piece.includes('COMMIT')) state = 'committing'
    else if (state === 'committing' && direction === 'down') {
      state = 'done'
      return 'reset'
    }
    return 'pass'
  }
}

/** The driver, whose backend dies in the first transaction that has settled something, before its commit. */
function terminatedOnce(driver: StoreDriver): StoreDriver {
  let alive = true
  function* dying<T>(work: () => Work<T>): Work<T> {
    const result = yield* work()
    const settled = (result as { settled?: unknown[] } | null)?.settled ?? []
    if (alive && settled.length > 0) {
      alive = false
      yield* all('SELECT pg_terminate_backend(pg_backend_pid())', [])
    }
    return result
  }
  return { ...driver, transaction: (work) => driver.transaction(() => dying(work)) }
}
