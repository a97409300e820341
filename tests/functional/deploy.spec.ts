/** The files in deploy/ are run as they are; only the folder of the installation is another one. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import { aceElsewhere } from '#tests/helpers/ace_elsewhere'
import { ace, endWhatIsLeft, FOLDER, migrated, ROOT, Running } from '#tests/helpers/processes'

const STARTED = /\[Scheduler\] Token refresh scheduler started/
const INSTALLED = '/opt/evergrant'
const HERE = ROOT.replace(/\/$/, '')
const here = (text: string) => text.replaceAll(INSTALLED, HERE)

interface Pm2App {
  name: string
  cwd: string
  interpreter: string
  interpreter_args?: string
  script: string
  args?: string
  env: Record<string, string>
}

/** The values of a unit's keys, in their order. */
function unit(name: string): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const [, key, value] of readFileSync(join(ROOT, 'deploy', name), 'utf8').matchAll(/^(\w+)=(.*)$/gm))
    values.set(key, [...(values.get(key) ?? []), value])
  return values
}

/** Starts what a unit starts, where it starts it, with the environment that it sets. */
function startUnit(name: string, env: Record<string, string>): Running {
  const values = unit(name)
  const own = (values.get('Environment') ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2))
  const [program, ...args] = here(values.get('ExecStart')![0]).split(' ')
  const cwd = here(values.get('WorkingDirectory')![0])
  const all = { ...env, ...Object.fromEntries(own.map(([key, value]) => [key, here(value)])) }
  return new Running(spawn(program, args, { cwd, env: all, stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** An installation with an organization, as after the first start. */
async function installation() {
  const env = await migrated()
  const database = new Database(env.DATABASE_URL.replace('sqlite:', ''))
  const organization = [crypto.randomUUID(), 'main', 'Main', Date.now()]
  database
    .prepare('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?)')
    .run(organization)
  const workers = () => database.prepare("SELECT role FROM workers WHERE role <> 'ended'").pluck().all()
  return { env, workers, close: () => database.close() }
}

test.group('Deployment files', (group) => {
  group.each.timeout(60_000)
  group.teardown(() => {
    endWhatIsLeft()
    rmSync(FOLDER, { recursive: true, force: true })
  })

  test('evergrant-scheduler.service starts the schedule and ends with 0', async ({ assert, cleanup }) => {
    const { env, workers, close } = await installation()
    cleanup(() => void close())
    // SCHEDULER_ENABLED is for web processes.
    const scheduler = startUnit('evergrant-scheduler.service', { ...env, SCHEDULER_ENABLED: 'false' })
    await scheduler.saw(STARTED)
    assert.deepEqual(workers(), ['scheduler'])
    const { code, stderr } = await scheduler.stop('SIGTERM')
    assert.equal(code, 0, stderr)
    assert.deepEqual(workers(), [])
  })

  test('evergrant.service serves with its schedule and ends with 0', async ({ assert, cleanup }) => {
    const { env, close } = await installation()
    cleanup(() => void close())
    const web = startUnit('evergrant.service', env)
    await web.saw(STARTED)
    await web.saw(/started HTTP server|Sign in/)
    assert.equal((await web.stop('SIGTERM')).code, 0)
  })

  test('evergrant-refresh.service is one pass, made by its timer also after it was missed', async ({
    assert,
    cleanup,
  }) => {
    const { env, close } = await installation()
    cleanup(() => void close())
    assert.deepEqual(unit('evergrant-refresh.service').get('Type'), ['oneshot'])
    const { code, stdout, stderr } = await startUnit('evergrant-refresh.service', env).ended
    assert.equal(code, 0, stderr)
    assert.match(stdout, /Total 0: 0 success, 0 failed, 0 skipped/)
    const timer = unit('evergrant-refresh.timer')
    assert.deepEqual(timer.get('Persistent'), ['true'])
    assert.lengthOf(timer.get('RandomizedDelaySec') ?? [], 1)
  })

  test('the crontab line makes one pass and says nothing', async ({ assert, cleanup }) => {
    const { env, close } = await installation()
    cleanup(() => void close())
    const lines = readFileSync(join(ROOT, 'deploy/crontab'), 'utf8').split('\n')
    const [, command] =
      /^(?:\S+ ){5}(.*)$/.exec(lines.find((line) => line && !line.startsWith('#')) ?? '') ?? []
    const shell = spawn('/bin/sh', ['-c', here(command)], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    assert.containSubset(await new Running(shell).ended, { code: 0, stdout: '', stderr: '' })
  })

  test('PM2 starts the web process without and the other process with a schedule', async ({
    assert,
    cleanup,
  }) => {
    const { env, workers, close } = await installation()
    cleanup(() => void close())
    const { apps } = createRequire(import.meta.url)(join(ROOT, 'deploy/ecosystem.config.cjs')) as {
      apps: Pm2App[]
    }
    const [web, scheduler] = apps.map(
      ({ cwd, interpreter, interpreter_args: first = '', script, args = '', env: own }) => {
        const words = [first, script, args].flatMap((text) => text.split(' ').filter(Boolean))
        return new Running(
          spawn(interpreter, words, { cwd, env: { ...env, ...own }, stdio: ['ignore', 'pipe', 'pipe'] })
        )
      }
    )
    await web.saw(/Token refresh scheduler is off in this process \(SCHEDULER_ENABLED=false\)/)
    await web.saw(/started HTTP server|Sign in/)
    await scheduler.saw(STARTED)
    assert.include(workers(), 'scheduler')
    assert.equal((await scheduler.stop('SIGINT')).code, 0)
    assert.notInclude(workers(), 'scheduler')
    assert.equal((await web.stop('SIGINT')).code, 0)
    assert.deepEqual(workers(), [])
    assert.notMatch(web.output, STARTED)
  })

  for (const name of ['evergrant.service', 'evergrant-scheduler.service', 'evergrant-refresh.service']) {
    test(`${name} gets time to finish, and no rights that it does not need`, ({ assert }) => {
      const values = unit(name)
      assert.isAtLeast(Number(values.get('TimeoutStopSec')?.[0]), 60)
      assert.deepEqual(values.get('KillSignal'), ['SIGTERM'])
      assert.deepEqual(values.get('User'), ['evergrant'])
      for (const key of ['NoNewPrivileges', 'PrivateTmp', 'ProtectHome'])
        assert.deepEqual(values.get(key), ['true'])
      assert.deepEqual(values.get('ProtectSystem'), ['strict'])
      assert.deepEqual(values.get('CapabilityBoundingSet'), [''])
    })
  }
})

test.group('Commands of the schedule', (group) => {
  group.each.timeout(60_000)

  const ended = (args: string[], env: Record<string, string>) => ace(args, env).ended

  test('X5: job:run prints the job’s own JSON and nothing else', async ({ assert, cleanup }) => {
    const { env, close } = await installation()
    cleanup(() => void close())
    const { code, stdout } = await ended(['job:run', 'auto-token-refresh', '--json'], {
      ...env,
      LOG_LEVEL: 'silent',
    })
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout), {
      ...{ success: true, message: 'No tokens require refreshing', refreshed: 0, failed: 0, skipped: 0 },
      results: [],
    })
    const full = await aceElsewhere(env, 'job:run', 'comprehensive-token-refresh', '--json')
    assert.deepEqual(Object.keys(JSON.parse(full.stdout)), ['stats'])
  })

  test('bad usage ends with 2 and says what there is', async ({ assert, cleanup }) => {
    const { env, close } = await installation()
    cleanup(() => void close())
    const unknown = await aceElsewhere(env, 'job:run', 'nonsense')
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /no job "nonsense"\. These exist: auto-token-refresh/)
    assert.equal((await ended(['scheduler:work', '--nonsense'], env)).code, 2)
  })

  test('a schedule that never fires stops the start with a sentence', async ({ assert, cleanup }) => {
    const { env, close } = await installation()
    cleanup(() => void close())
    const { code, stderr, stdout } = await ended(['scheduler:work'], { ...env, SCHEDULE_META: '0 0 31 2 *' })
    assert.notEqual(code, 0)
    assert.match(`${stdout}${stderr}`, /SCHEDULE_META must be cron expressions/)
  })

  // No test builds the image: that needs a Docker daemon. What it names must exist.
  test('the image and the composition name files, variables and addresses that exist', ({ assert }) => {
    const file = (name: string) => readFileSync(join(ROOT, name), 'utf8')
    const image = file('deploy/Dockerfile')
    assert.include(file('start/operations_routes.ts'), "'/health/live'")
    assert.include(image, "/health/live'")
    for (const entry of ['ace.js', 'bin/server.ts', 'package-lock.json']) {
      assert.isTrue(existsSync(join(ROOT, entry)), entry)
      assert.include(image, entry.replace('server.ts', 'server.js'))
    }
    const composition = file('deploy/compose.yaml')
    assert.include(composition, 'dockerfile: deploy/Dockerfile')
    for (const [, name] of composition.matchAll(/\b((?:[A-Z]+_)+[A-Z]+)=/g)) {
      assert.include(file('.env.example'), `${name}=`, name)
    }
    assert.include(file('.dockerignore').split('\n'), '.env')
    const known = new Set(file('.env.example').match(/^[A-Z_]+(?==)/gm))
    for (const platform of ['deploy/fly.toml', 'deploy/render.yaml']) {
      const named = file(platform).matchAll(/^([A-Z_]+) = |key: ([A-Z_]+)$|([A-Z_]+)=…/gm)
      const names = [...named].map((match) => match.slice(1).find((name) => name !== undefined) ?? '')
      assert.isAtLeast(names.length, 5, platform)
      for (const name of names) assert.isTrue(known.has(name), `${platform}: ${name}`)
      for (const place of ['/app/data', '/health/live', 'Dockerfile']) assert.include(file(platform), place)
    }
  })
})
