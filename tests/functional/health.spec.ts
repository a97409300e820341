/** Whether a process lives, and whether it may be sent work: the answers, and who hears why. */
import app from '@adonisjs/core/services/app'
import { Secret } from '@adonisjs/core/helpers'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import settings from '#config/observability'
import { isInsider, trustsThisHost } from '#services/observability/insider'
import { readinessChecks } from '#services/observability/readiness_checks'
import { Remembered } from '#services/observability/remembered'
import {
  engineFixture,
  openDriver,
  postgresUrl,
  TestClock,
  type Dialect,
  type EngineFixture,
} from '#tests/helpers/engine_fixture'
import { insert } from '#tests/helpers/log_fixture'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
type Cleanup = (work: () => Promise<void>) => void
interface Means {
  ticks?: boolean
  ping?: (() => Promise<unknown>) | null
}

/** A process that is asked whether it is ready. */
function aProcess(
  dialect: Dialect,
  { engine, clock, lines }: EngineFixture,
  cleanup: Cleanup,
  means: Means = {}
) {
  const driver = openDriver(dialect, clock)
  const { ticks = false, ping = null } = means
  const onTrouble = (check: string, error: unknown) => void lines.push(`${check}: ${String(error)}`)
  const readiness = readinessChecks({ ...engine, driver, ticks, ping, onTrouble })
  let open = true
  const close = async () => {
    if (open) await driver.close()
    open = false
  }
  cleanup(close)
  return {
    readiness,
    close,
    /** What is not in order, a second later. */
    async ask() {
      clock.advance(SECOND)
      const { isHealthy, checks } = await readiness.run()
      const wrong = checks.filter(({ status }) => status !== 'ok')
      return [isHealthy, ...wrong.map(({ name, status }) => `${name}: ${status}`)]
    },
  }
}

for (const dialect of dialects) {
  test.group(`Readiness on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let cleanup: Cleanup
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      cleanup = (work) => context.cleanup(work)
      fixture = await engineFixture(dialect, cleanup)
    })
    const process = (means?: Means) => aProcess(dialect, fixture, cleanup, means)
    const ticked = (at: number) =>
      fixture.run('UPDATE workers SET scheduler_ticked_at = ?t, beat_at = ?t', [at, at])

    test('a scheduler in any process will do; one that stands still does not', async ({ assert }) => {
      await insert(fixture, 'workers', worker(NOW))
      const [web, own] = [process(), process({ ticks: true })]
      assert.deepEqual(await web.ask(), [true])
      fixture.clock.advance(MINUTE)
      assert.deepEqual(await web.ask(), [false, 'scheduler: error'])
      assert.deepEqual(await own.ask(), [false, 'scheduler: error'])
      await ticked(fixture.clock.now())
      assert.deepEqual(await web.ask(), [true])
    })

    test('a process with a scheduler of its own has a minute to tick', async ({ assert }) => {
      const own = process({ ticks: true })
      assert.deepEqual(await own.ask(), [true])
      fixture.clock.advance(MINUTE)
      assert.deepEqual(await own.ask(), [false, 'scheduler: error'])
    })

    test('where cron refreshes there is no tick, and nothing is wrong until something is overdue', async ({
      assert,
    }) => {
      const id = await fixture.connect('ana', { next_refresh_at: NOW })
      const web = process()
      fixture.clock.advance(4 * MINUTE)
      assert.deepEqual(await web.ask(), [true])
      fixture.clock.advance(MINUTE)
      assert.deepEqual(await web.ask(), [false, 'scheduler: error', 'overdue: warning'])
      await fixture.update(id, { paused_at: NOW })
      assert.deepEqual(await web.ask(), [true])
    })

    test('overdue refreshes warn, and do not take a process out of service', async ({ assert }) => {
      await fixture.connect('ana', { next_refresh_at: NOW - HOUR })
      await insert(fixture, 'workers', worker(NOW))
      assert.deepEqual(await process().ask(), [true, 'overdue: warning'])
    })

    test('a copy of a database is not ready', async ({ assert }) => {
      cleanup(async () => void (await fixture.run('DELETE FROM installation', [])))
      await fixture.engine.installation.check()
      await fixture.quarantine('moved')
      assert.deepEqual(await process().ask(), [false, 'quarantine: error'])
    })

    test('without its database a process is not ready, and says nothing of the rest', async ({ assert }) => {
      const web = process()
      await web.close()
      const unknown = ['quarantine: warning', 'scheduler: warning', 'overdue: warning']
      assert.deepEqual(await web.ask(), [false, 'database: error', ...unknown])
      assert.match(fixture.lines.at(-1) ?? '', /^database: /)
    })
  })
}

test.group('Readiness', () => {
  test('Redis that is away warns: tokens are read without it', async ({ assert, cleanup }) => {
    const fixture = await engineFixture('sqlite', (work) => cleanup(work))
    let isAway = false
    const ping = async () => {
      if (isAway) throw new Error('connect ECONNREFUSED')
    }
    const web = aProcess('sqlite', fixture, (work) => cleanup(work), { ping })
    assert.deepEqual(await web.ask(), [true])
    isAway = true
    assert.deepEqual(await web.ask(), [true, 'redis: warning'])
  })

  test('however many ask, one look serves them for a second; a failure is remembered, too', async ({
    assert,
  }) => {
    const clock = new TestClock()
    let looks = 0
    const look = new Remembered(clock, SECOND, async () => {
      looks += 1
      if (looks === 2) throw new Error('away')
      return looks
    })
    assert.deepEqual(await Promise.all([look.get(), look.get(), look.get()]), [1, 1, 1])
    assert.equal(await look.get(), 1)
    clock.advance(SECOND)
    await assert.rejects(() => look.get(), 'away')
    await assert.rejects(() => look.get(), 'away')
    clock.advance(SECOND)
    assert.equal(await look.get(), 3)
  })

  test('an insider brings the token; where there is none, he comes from this very host', ({ assert }) => {
    const token = new Secret('right')
    const judge = (peer: string | undefined, headers: Record<string, string>, known: Secret<string> | null) =>
      isInsider({ peer, header: (name) => headers[name] }, known, true)
    const here = { host: '127.0.0.1:3333' }
    for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.8.0.1'])
      assert.isTrue(judge(peer, here, null), peer)
    for (const host of ['localhost', 'LOCALHOST:80', '[::1]:3333'])
      assert.isTrue(judge('127.0.0.1', { host }, null), host)
    for (const peer of [undefined, '', '10.0.0.1', '::ffff:10.0.0.1', '203.0.113.9', '::'])
      assert.isFalse(judge(peer, here, null), String(peer))
    for (const host of ['', 'evergrant.example', '127.0.0.1.evil.example', 'localhost.evil.example'])
      assert.isFalse(judge('127.0.0.1', { host }, null), host)
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
      assert.isFalse(judge('127.0.0.1', { ...here, [name]: '127.0.0.1' }, null), name)
    assert.isFalse(judge('127.0.0.1', here, token), 'this host without the token that is set')
    const brings = (authorization: string, known: Secret<string> | null) =>
      judge('203.0.113.9', { host: 'evergrant.example', authorization }, known)
    assert.isTrue(brings('Bearer right', token))
    for (const wrong of ['Bearer wrong', 'Bearer', 'Bearer ', 'Basic right', 'right'])
      assert.isFalse(brings(wrong, token), wrong)
    assert.isFalse(brings('Bearer null', null))
    const peer = { peer: '127.0.0.1', header: (name: string) => (name === 'host' ? 'localhost' : undefined) }
    assert.isFalse(isInsider(peer, null, false))
  })

  test('this host is trusted in production only where people reach it by its own name', ({ assert }) => {
    for (const url of ['http://localhost:3333', 'http://127.0.0.1', 'http://[::1]:3333'])
      assert.isTrue(trustsThisHost(url, true), url)
    for (const url of ['https://evergrant.example', 'http://localhost.evil.example:3333'])
      assert.isFalse(trustsThisHost(url, true), url)
    assert.isTrue(trustsThisHost('https://evergrant.example', false))
  })
})

test.group('Health over HTTP', (group) => {
  let fixture: EngineFixture
  let served: ReturnType<typeof aProcess>
  group.each.timeout(30_000)
  group.each.setup(async (context) => {
    const later: Cleanup = (work) => context.cleanup(work)
    fixture = await engineFixture('sqlite', later)
    served = aProcess('sqlite', fixture, later)
    const own = await app.container.make('readiness')
    app.container.bindValue('readiness', served.readiness)
    context.cleanup(() => {
      app.container.bindValue('readiness', own)
      settings.healthToken = null
    })
  })

  const strange = { 'x-forwarded-for': '203.0.113.9' }
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${appUrl}${path}`, { headers })
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, unknown>,
    }
  }

  test('a process lives as long as it answers, also without its database', async ({ assert }) => {
    await served.close()
    const { status, headers, body } = await ask('/health/live', strange)
    assert.deepEqual([status, body], [200, { status: 'ok' }])
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.isNull(headers.get('set-cookie'))
  })

  test('strangers hear one word, insiders hear why', async ({ assert }) => {
    settings.healthToken = new Secret('the-token-of-the-probe')
    const stranger = await ask('/health/ready', strange)
    assert.deepEqual([stranger.status, stranger.body], [200, { status: 'ok' }])
    assert.isNull(stranger.headers.get('set-cookie'))
    const names = ['database', 'quarantine', 'scheduler', 'overdue']
    const bearer = { ...strange, authorization: 'Bearer the-token-of-the-probe' }
    assert.deepEqual((await ask('/health/ready')).body, { status: 'ok' })
    assert.deepEqual(await ask('/ready').then(({ status, body }) => [status, body]), [200, { status: 'ok' }])
    assert.deepEqual((await ask('/health', strange)).body, { status: 'ok' })
    for (const token of [settings.healthToken, null]) {
      settings.healthToken = token
      const { body } = await ask('/health/ready', token ? bearer : {})
      assert.deepEqual(
        (body.checks as { name: string }[]).map(({ name }) => name),
        names
      )
    }
  })

  test('a process that is not ready answers 503 with a problem', async ({ assert }) => {
    await served.close()
    const stranger = await ask('/health/ready', strange)
    assert.equal(stranger.status, 503)
    assert.include(stranger.headers.get('content-type'), 'application/problem+json')
    assert.equal(stranger.body.code, 'not_ready')
    assert.notProperty(stranger.body, 'checks')
    const { body } = await ask('/health/ready')
    assert.deepInclude((body.checks as object[])[0], { name: 'database', status: 'error' })
  })

  test('other methods and addresses stay what they are', async ({ assert }) => {
    const { status, body } = await ask('/health/nothing')
    assert.deepEqual([status, body.code], [404, 'route_not_found'])
  })
})

const worker = (tickedAt: number) => ({
  ...{ host: 'elsewhere', boot_id: 'boot', pid: 1, role: 'web' },
  started_at: NOW - HOUR,
  beat_at: NOW,
  scheduler_ticked_at: tickedAt,
  scheduler_interval_ms: 1_000,
})
