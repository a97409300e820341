/** A process with a schedule is told to end while all of its jobs are under way. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import { AuthorizationLab } from '#tests/helpers/lab/authorization_lab'
import { ace, endWhatIsLeft, FOLDER, migrated } from '#tests/helpers/processes'

const COUNT = 6
const JOBS = [
  'AUTO_TOKEN_REFRESH',
  'REFRESH_EXPIRED_TOKENS',
  'COMPREHENSIVE_TOKEN_REFRESH',
  'DAILY_HEALTH_CHECK',
]
const CYCLE = 'lab-cycle'
const names = [...JOBS.map((name) => name.toLowerCase().replaceAll('_', '-')), CYCLE].sort()
const OLD_EVENTS = 100_000

/**
 * An installation whose organization owes one run of each job and of its provider's cycle, with `COUNT` lapsed accounts
 * of the laboratory.
 */
async function owing(lab: AuthorizationLab) {
  const accounts = Array.from({ length: COUNT }, (_, index) => `ana-${index}`)
  const tokens = await lab.grant(accounts, 'strict')
  const midnight = Object.fromEntries(JOBS.map((name) => [`SCHEDULE_${name}`, '0 0 * * *']))
  const env = await migrated({ ALLOW_PRIVATE_PROVIDERS: 'true', SCHEDULE_RETENTION: 'off', ...midnight })
  const client = { client_id: 'client', client_secret: 'client-secret', schedule: ['0 0 * * *'] }
  const entry = { token_endpoint: lab.url, authorization_endpoint: lab.url, ...client, reuse: 'strict' }
  env.PROVIDERS_FILE = join(FOLDER, `providers-${env.PORT}.json`)
  writeFileSync(env.PROVIDERS_FILE, JSON.stringify({ lab: entry }))
  const lines = accounts.map((owner, index) => ({
    ...{ provider: 'lab', owner, access_token: `old-${owner}`, refresh_token: tokens[index] },
    token_expires_at: '2026-01-01T00:00:00Z',
  }))
  const file = join(FOLDER, `connections-${env.PORT}.ndjson`)
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  const imported = await ace(['connection:import', file, '--json'], env).ended
  if (imported.code !== 0) throw new Error(imported.stderr)
  const database = new Database(env.DATABASE_URL.replace('sqlite:', ''))
  database.prepare('UPDATE organizations SET created_at = ?').run(Date.now() - 48 * 3_600_000)
  return { env, database }
}

/** An installation whose organization owes one run of `retention`, which has `OLD_EVENTS` to delete. */
async function hoarding() {
  const off = Object.fromEntries(JOBS.map((name) => [`SCHEDULE_${name}`, 'off']))
  const env = await migrated({ ...off, SCHEDULE_RETENTION: '0 0 * * *' })
  const database = new Database(env.DATABASE_URL.replace('sqlite:', ''))
  const at = Date.now() - 48 * 3_600_000
  const organization = '00000000-0000-7000-8000-00000000000a'
  database
    .prepare('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?)')
    .run(organization, 'hoard', 'Hoard', at)
  database
    .prepare(
      `INSERT INTO events (id, organization_id, name, severity, data, dedupe_key, created_at, dispatched_at)
       WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ?)
       SELECT 'old-' || n, ?, 'run.failed', 'high', '{}', 'old-' || n, n, n FROM s`
    )
    .run(OLD_EVENTS, organization)
  return { env, database }
}

const work = (env: Record<string, string>) => ace(['scheduler:work'], env)

const until = async (isSo: () => boolean, pause = 20) => {
  while (!isSo()) await sleep(pause)
}

test.group('Stop during jobs', (group) => {
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('SIGTERM during each job leaves nothing half done, and the next start goes on', async ({
    assert,
    cleanup,
  }) => {
    const lab = await AuthorizationLab.start()
    cleanup(async () => {
      endWhatIsLeft()
      await lab.close()
    })
    const { env, database } = await owing(lab)
    cleanup(() => void database.close())
    const runs = () =>
      database
        .prepare(`SELECT job, state FROM runs WHERE job NOT LIKE '%-cycle' OR job = '${CYCLE}' ORDER BY job`)
        .all() as {
        job: string
        state: string
      }[]
    await lab.hold('rotated')
    const first = work(env)
    await lab.gathered(COUNT)
    await until(() => runs().filter(({ state }) => state === 'running').length === names.length)
    first.child.kill('SIGTERM')
    await first.saw(/\[Scheduler\] Token refresh scheduler stops/)
    await lab.release()
    const { code, stderr } = await first.ended
    assert.equal(code, 0, stderr)
    const rows = database.prepare('SELECT status, token_version, attempt_id FROM connections').all()
    assert.lengthOf(rows, COUNT)
    for (const row of rows) assert.deepEqual(row, { status: 'connected', token_version: 2, attempt_id: null })
    assert.deepEqual(
      runs().map(({ job }) => job),
      names
    )
    assert.deepEqual([...new Set(runs().map(({ state }) => state))], ['queued'])

    const second = work(env)
    await until(() => runs().every(({ state }) => state === 'finished'))
    assert.equal((await second.stop('SIGTERM')).code, 0)
    assert.deepEqual(
      runs().map(({ job }) => job),
      names
    )
    assert.equal(lab.truth.all().filter(({ event }) => event === 'presented').length, COUNT)
  }).timeout(60_000)

  test('SIGTERM during retention ends it between two chunks, and the next start deletes the rest', async ({
    assert,
    cleanup,
  }) => {
    cleanup(() => void endWhatIsLeft())
    const { env, database } = await hoarding()
    cleanup(() => void database.close())
    const one = (sql: string) => database.prepare(sql).pluck()
    const left = one('SELECT count(*) FROM events')
    const runs = one(`SELECT state FROM runs WHERE job = 'retention'`)
    const first = work(env)
    await until(() => Number(left.get()) < OLD_EVENTS, 2)
    assert.equal((await first.stop('SIGTERM')).code, 0)
    const remaining = Number(left.get())
    assert.isAbove(remaining, 0)
    assert.deepEqual(runs.all(), ['queued'])
    // What is left is the newest part, whole.
    assert.equal(Number(one('SELECT min(created_at) FROM events').get()), OLD_EVENTS - remaining + 1)

    const second = work(env)
    await until(() => runs.all().every((state) => state === 'finished'))
    assert.equal((await second.stop('SIGTERM')).code, 0)
    assert.equal(left.get(), 0)
    assert.deepEqual(runs.all(), ['finished'])
  }).timeout(60_000)
})
