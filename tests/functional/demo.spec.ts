/** `npm run demo` as a person starts, uses and stops it. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import { HEALTH_WORDS } from '#services/connection_health'
import { aceElsewhere } from '#tests/helpers/ace_elsewhere'
import { compileCache, compiled } from '#tests/helpers/compiled'
import { ace, FOLDER, freePort, migrated, ROOT, Running } from '#tests/helpers/processes'

const DEMO = join(FOLDER, 'demo')
const PATIENCE = 60_000

function startDemo(...args: string[]): Running {
  const flags = [`--folder=${DEMO}`, `--compiled=${compiled()}`, ...args]
  const env = { ...process.env, ...compileCache() }
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  return new Running(spawn(process.execPath, ['scripts/demo.js', ...flags], { cwd: ROOT, env, stdio }))
}

/** The cookies of somebody who has signed in. */
async function signIn(url: string, email: string, password: string): Promise<string> {
  const form = await fetch(`${url}/login`)
  const token = /name=["']_csrf["'] value=["']([^"']+)/.exec(await form.text())?.[1] ?? ''
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookiesOf(form) },
    body: new URLSearchParams({ _csrf: token, email, password }),
  })
  return answer.headers.get('location')?.endsWith('/login') === false ? cookiesOf(answer) : ''
}

const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

function read<T>(sql: string): T[] {
  const db = new Database(join(DEMO, 'demo.sqlite3'), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

/** Asks again and again until there is an answer. */
async function until<T>(ask: () => T | undefined, what: string): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(100)) {
    const answer = ask()
    if (answer !== undefined) return answer
  }
  throw new Error(`${what} did not come`)
}

test.group('npm run demo', (group) => {
  group.each.timeout(120_000)
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('it starts, shows every health, refreshes by itself at the simulator, and stops', async ({
    assert,
    cleanup,
  }) => {
    const own = existsSync(join(ROOT, '.env')) ? readFileSync(join(ROOT, '.env'), 'utf8') : null
    const port = await freePort()
    const demo = startDemo(`--port=${port}`)
    cleanup(() => void demo.child.kill('SIGTERM'))
    const [, password] = await demo.saw(/Password +(\S+)[^]*Ctrl\+C/, PATIENCE)
    const url = `http://localhost:${port}`
    const cookie = await signIn(url, 'admin@demo.example', password)
    assert.notEqual(cookie, '')

    const pill = (health: string) => `/accounts?q=status%3A${health}`
    for (const role of ['operator', 'gm', 'streamer', 'viewer'])
      assert.notEqual(await signIn(url, `${role}@demo.example`, password), '', role)
    for (const health of HEALTH_WORDS) {
      const rows = async () => {
        const page = await fetch(`${url}${pill(health)}`, { headers: { cookie } })
        return new Set((await page.text()).match(/\/accounts\/[0-9a-f-]{36}(?=["'])/g)).size
      }
      let found = await rows()
      for (const end = Date.now() + PATIENCE; found === 0 && Date.now() < end; found = await rows())
        await sleep(200)
      assert.isAbove(found, 0, health)
    }
    const [{ main, all }] = read<{ main: number; all: number }>(
      `SELECT count(*) AS 'all', sum(organization_id = (SELECT id FROM organizations WHERE slug = 'aurora')) AS main
       FROM connections`
    )
    assert.deepEqual([main, all], [200, 212])
    const begun = 'SELECT max(started_at) AS at FROM workers'
    const [{ at }] = read<{ at: number }>(begun)
    await until(
      () =>
        read(
          `SELECT id FROM refresh_attempts WHERE kind = 'scheduled' AND outcome = 'success' AND created_at > ${at}`
        ).at(0),
      'A refresh by the scheduler'
    )
    const { code } = await demo.stop('SIGTERM')
    assert.equal(code, 0)
    assert.equal(existsSync(join(ROOT, '.env')) ? readFileSync(join(ROOT, '.env'), 'utf8') : null, own)
  })

  test('a wrong port is refused with a sentence and exit code 2', async ({ assert }) => {
    const { code, stderr } = await startDemo('--port=http').ended
    assert.equal(code, 2)
    assert.include(stderr, '--port must be a number from 1 to 65535, not "http". Use: npm run demo')
  })

  test('a demo that is not there cannot go on', async ({ assert }) => {
    rmSync(DEMO, { recursive: true, force: true })
    const { code, stderr } = await startDemo('--keep', `--port=${await freePort()}`).ended
    assert.equal(code, 1)
    assert.include(stderr, 'to go on with; leave out --keep')
  })

  test('demo:seed leaves a database alone in which there is somebody', async ({ assert }) => {
    const env = await migrated()
    const made = await aceElsewhere(env, 'user:create', '--email=ana@example.com', '--role=admin', '--json')
    assert.equal(made.code, 0, made.stderr)
    const places = ['--simulator=http://127.0.0.1:9', '--receiver=http://127.0.0.1:9']
    const { code, stderr } = await ace(['demo:seed', ...places], env).ended
    assert.equal(code, 2)
    assert.include(stderr, 'This database has people or accounts already')
  })
})
