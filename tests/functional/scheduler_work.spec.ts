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
const names = JOBS.map((name) => name.toLowerCase().replaceAll('_', '-')).sort()

/** An installation whose organization owes one run of each job, with `COUNT` lapsed accounts of the laboratory. */
async function owing(lab: AuthorizationLab) {
  const accounts = Array.from({ length: COUNT }, (_, index) => `ana-${index}`)
  const tokens = await lab.grant(accounts, 'strict')
  const midnight = Object.fromEntries(JOBS.map((name) => [`SCHEDULE_${name}`, '0 0 * * *']))
  const env = await migrated({ ALLOW_PRIVATE_PROVIDERS: 'true', SCHEDULE_RETENTION: 'off', ...midnight })
  const client = { client_id: 'client', client_secret: 'client-secret' }
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

const work = (env: Record<string, string>) => ace(['scheduler:work'], env)

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
      database.prepare(`SELECT job, state FROM runs WHERE job NOT LIKE '%-cycle' ORDER BY job`).all() as {
        job: string
        state: string
      }[]
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await sleep(20)
    }
    await lab.hold('rotated')
    const first = work(env)
    await lab.gathered(COUNT)
    await until(() => runs().filter(({ state }) => state === 'running').length === JOBS.length)
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
})
