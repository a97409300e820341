import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import { testDatabaseFile } from '#tests/helpers/database'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { SECOND } from '#tests/helpers/refresh_fixtures'

/** No file of this process may grow beyond so many bytes: what the kernel answers is what a full disk answers. */
const limitFiles = (pid: number, bytes: number | 'unlimited') =>
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`])

test.group('A full disk', (group) => {
  group.each.timeout(60_000)
  group.tap((one) => {
    if (process.platform !== 'linux') one.skip(true, 'file size limits of a running process need Linux')
  })

  test('answers that come while no file can grow are stored once there is room again', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup)
    const { accounts } = await bench.connect('ana', 30)
    const spoolFolder = mkdtempSync(join(tmpdir(), 'evergrant-full-'))
    cleanup(() => rmSync(spoolFolder, { recursive: true, force: true }))
    const worker = await bench.worker({ spoolFolder })
    await bench.lab.hold('rotated')
    const sweep = worker.sweep()
    await bench.lab.gathered(30)
    limitFiles(worker.pid, 512)
    await bench.lab.release()
    await sleep(2 * SECOND)
    const before = await bench.database.rows(accounts)
    assert.isTrue(before.every((row) => row.token_version === 1))
    limitFiles(worker.pid, 'unlimited')
    assert.equal((await sweep).refreshed, 30)
    const findings = await bench.checker.judge(accounts)
    assert.isTrue(findings.every(({ lost, behind, presented }) => !lost && !behind && presented === 1))
    assert.deepEqual(await bench.database.all('PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
    const waiting = readdirSync(spoolFolder).map((name) => statSync(join(spoolFolder, name)).size)
    assert.isTrue(waiting.every((size) => size === 0))
  })

  test('with no room for the claim nothing is sent, and the sweep after it finds everything as it was', async ({
    assert,
    cleanup,
  }) => {
    const bench = await LabBench.open(cleanup)
    const { accounts } = await bench.connect('ana', 30)
    const worker = await bench.worker()
    limitFiles(worker.pid, statSync(`${testDatabaseFile()}-shm`).size)
    const refused = await worker.sweep().then(
      () => 'the sweep went through',
      (error: Error) => error.message
    )
    assert.match(refused, /full|I\/O/i)
    assert.equal(bench.presentations(), 0)
    limitFiles(worker.pid, 'unlimited')
    assert.equal((await worker.sweep()).refreshed, 30)
    const findings = await bench.checker.judge(accounts)
    assert.isTrue(findings.every(({ lost, presented }) => !lost && presented === 1))
  })

  test('every commit of the store waits for the disk', async ({ assert, cleanup }) => {
    const bench = await LabBench.open(cleanup)
    const driver = bench.database.driverFor(bench.clock)
    cleanup(() => driver.close())
    assert.deepEqual(await driver.read('PRAGMA journal_mode', []), [{ journal_mode: 'wal' }])
    assert.deepEqual(await driver.read('PRAGMA synchronous', []), [{ synchronous: 2 }])
  })
})
