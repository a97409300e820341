/** What stands in a log line so that it can be found again: the request, the run, the account by its hash. */
import { rmSync } from 'node:fs'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import jobSettings from '#config/jobs'
import { engineFixture } from '#tests/helpers/engine_fixture'
import { ORGANIZATION } from '#tests/helpers/log_fixture'
import { endWhatIsLeft, FOLDER, migrated, serve } from '#tests/helpers/processes'

test.group('Log lines', (group) => {
  group.each.timeout(60_000)
  group.teardown(() => {
    endWhatIsLeft()
    rmSync(FOLDER, { recursive: true, force: true })
  })

  test('lines of a run carry its id, lines of other refreshes none', async ({ assert, cleanup }) => {
    const fixture = await engineFixture('sqlite', (work) => cleanup(work), { engine: { jobSettings } })
    await fixture.engine.recover()
    await fixture.connect('ana')
    const asked = { organizationId: ORGANIZATION, trigger: 'command', actor: null } as const
    const found = await fixture.engine.jobs.run('auto-token-refresh', asked)
    const run = 'runId' in found ? found.runId : null
    const lines = () => fixture.lines.map((line) => /"run":"([^"]+)"/.exec(line)?.[1] ?? null)
    assert.isString(run)
    assert.deepEqual(lines(), [run, run])
    assert.match(fixture.lines[0], /^\[acme\]\[[0-9a-f]{8}\] refreshed /)
    const other = await fixture.connect('bo')
    await fixture.engine.refresh.refreshOne(other, { kind: 'on_demand' })
    assert.deepEqual(lines(), [run, run, null])
    assert.notMatch(fixture.lines.join('\n'), /\bana\b|\bbo\b/)
  })

  test('a process tells of itself, and its line of a failed request carries the id that the visitor got', async ({
    assert,
  }) => {
    const env = await migrated()
    const server = serve(env)
    await server.saw(/Sign in/)
    const live = await fetch(`${env.APP_URL}/health/live`)
    const asked = await fetch(`${env.APP_URL}/api/v1/runs?q=canary-of-a-query`, {
      headers: { 'authorization': 'Bearer evg_canary', 'x-secret': 'canary-of-a-header' },
    })
    assert.equal(asked.status, 401)
    const posted = await fetch(`${env.APP_URL}/no/canary-of-a-path`, {
      method: 'POST',
      body: 'canary-of-a-body',
    })
    assert.isAbove(posted.status, 399)
    assert.equal(live.status, 200)
    const ready = (await (await fetch(`${env.APP_URL}/health/ready`)).json()) as { status: string }
    assert.equal(ready.status, 'ok')
    const metrics = await (await fetch(`${env.APP_URL}/metrics`)).text()
    assert.match(metrics, /^evergrant_gate_open\{gate="[a-z]+"\} 1$/m)
    assert.match(metrics, /^evergrant_database_up 1$/m)
    const database = new Database(env.DATABASE_URL.replace('sqlite:', ''))
    database.exec('DROP TABLE sessions')
    database.close()
    const headers = {
      authorization: 'Bearer canary-of-a-header',
      cookie: 'evergrant-session=canary-of-a-cookie',
    }
    const failed = await fetch(`${env.APP_URL}/login?code=canary-of-a-query`, { headers })
    assert.equal(failed.status, 500)
    const { stdout, stderr } = await server.stop('SIGTERM')
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
    const ids = lines.map((line) => JSON.parse(line) as { level: number; request_id?: string })
    const told = ids.filter(({ request_id: id }) => id === failed.headers.get('x-request-id'))
    assert.isAbove(told.length, 0)
    assert.isTrue(told.some(({ level }) => level >= 50))
    assert.notInclude(stdout + stderr, 'canary')
    const finished = (route: string) => {
      const line = lines.map((text) => JSON.parse(text) as Record<string, unknown>)
      return line.filter((one) => one.route === route && typeof one.ms === 'number')
    }
    const [call] = finished('/api/v1/runs')
    assert.containSubset(call, { level: 40, method: 'GET', status: 401 })
    assert.equal(call.request_id, asked.headers.get('x-request-id'))
    assert.containSubset(finished('/*').at(-1), { level: 40, method: 'POST', status: posted.status })
    assert.containSubset(finished('/login').at(-1), { level: 50, status: 500 })
    assert.isEmpty(finished('/health/live'))
  })
})
