/**
 * The processes as a person starts and stops them: spawned for real, with a database and ports of their own.
 */
import { rmSync } from 'node:fs'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { test } from '@japa/runner'
import { ace, FOLDER, endWhatIsLeft, migrated, say, serve, typed } from '#tests/helpers/processes'

const SIGNED_IN = /Sign in\s+(\S+@\S+)\n\s+Password\s+(\S+)/
const STARTED = '[Scheduler] Token refresh scheduler started'

/** Gets a page over a connection that stays open. */
async function getKeepingOpen(url: string, agent: Agent): Promise<number | undefined> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode
}

async function signIn(url: string, email: string, password: string): Promise<string | null> {
  const page = await fetch(`${url}/login`)
  const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  const token = /name=['"]_csrf['"] value=['"]([^'"]+)['"]/.exec(await page.text())?.[1] ?? ''
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'cookie': cookies.join('; '), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _csrf: token, email, password }),
  })
  return answer.headers.get('location')
}

test.group('Start and stop', (group) => {
  group.each.teardown(() => {
    const left = endWhatIsLeft()
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  })
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('the first start prints where to sign in and as whom, once', async ({ assert }) => {
    const env = await migrated()
    const first = serve(env)
    const [, email, password] = await first.saw(SIGNED_IN)
    assert.include(first.output, `Evergrant   ${env.APP_URL}`)
    assert.include(first.output, `Sandbox     http://127.0.0.1:${env.SANDBOX_PORT}`)
    assert.notInclude(await signIn(env.APP_URL, email, password), '/login')
    assert.equal((await first.stop('SIGTERM')).code, 0)

    const second = serve(env)
    await second.saw(/Sign in\s+with your account/)
    assert.notInclude(second.output, 'Password')
    assert.equal((await second.stop('SIGTERM')).code, 0)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} ends the web process despite open and half-sent requests`, async ({ assert }) => {
      const env = await migrated()
      const server = serve(env)
      await server.saw(SIGNED_IN)
      const agent = new Agent({ keepAlive: true })
      assert.equal(await getKeepingOpen(`${env.APP_URL}/login`, agent), 200)
      const idle = await say(env.PORT, '')
      const unfinished = await say(env.PORT, 'GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n')
      const { code, took } = await server.stop(signal)
      assert.equal(code, 0)
      assert.isBelow(took, 6_000)
      for (const held of [idle, unfinished]) held.destroy()
      agent.destroy()
    })
  }

  test('a request in flight is answered before the web process ends', async ({ assert }) => {
    const env = await migrated()
    const server = serve(env)
    await server.saw(SIGNED_IN)
    const form = 'email=a%40example.com'
    const socket = await say(
      env.PORT,
      `POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        `Content-Length: ${form.length}\r\n\r\n${form.slice(0, 5)}`
    )
    await getKeepingOpen(`${env.APP_URL}/login`, new Agent())
    const ending = server.stop('SIGTERM')
    setTimeout(() => socket.write(form.slice(5)), 300)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    assert.match(answer.toString(), /^HTTP\/1\.1 419 /)
    const { code, took } = await ending
    assert.equal(code, 0)
    assert.isBelow(took, 3_000)
  })

  test('the scheduler starts in the web process and in no command', async ({ assert }) => {
    const env = await migrated()
    const server = serve(env)
    await server.saw(/Token refresh scheduler started/)
    assert.include(server.output, STARTED)
    const listed = await ace(['connection:list', '--json'], env).ended
    assert.equal(listed.code, 0)
    assert.deepEqual(JSON.parse(listed.stdout), { connections: [] })
    assert.notInclude(listed.stdout + listed.stderr, '[Scheduler]')
    assert.equal((await server.stop('SIGTERM')).code, 0)
  })

  test('SCHEDULER_ENABLED=false keeps the scheduler off and says so', async ({ assert }) => {
    const env = await migrated({ SCHEDULER_ENABLED: 'false' })
    const server = serve(env)
    await server.saw(SIGNED_IN)
    await server.saw(/Token refresh scheduler is off in this process \(SCHEDULER_ENABLED=false\)/)
    const { code, stdout } = await server.stop('SIGINT')
    assert.equal(code, 0)
    assert.notInclude(stdout, STARTED)
  })
})

test.group('Start and stop | node ace', (group) => {
  group.each.teardown(() => {
    const left = endWhatIsLeft()
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  })
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('a shell with an older Node gets the exit code of the command', async ({ assert }) => {
    const env = await migrated()
    const refused = await typed(['connection:list', '--provider=nobody'], env).ended
    assert.equal(refused.code, 2)
    assert.include(refused.stderr, 'There is no provider "nobody"')
    assert.equal((await typed(['no:such:command'], env).ended).code, 1)
    assert.equal((await typed(['list'], env).ended).code, 0)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} passes through to the command`, async ({ assert }) => {
      const env = await migrated()
      const command = typed(['sandbox:serve', '--port=0'], env)
      await command.saw(/Ctrl\+C stops it/)
      const { code, signal: by, took } = await command.stop(signal)
      assert.deepEqual([code, by], [0, null])
      assert.isBelow(took, 3_000)
    })
  }
})
