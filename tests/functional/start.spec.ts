/**
 * The processes as a person starts and stops them: spawned for real, with a database and ports of their own.
 */
import { rmSync } from 'node:fs'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { test } from '@japa/runner'
import { signInForm } from '#tests/helpers/door'
import { FIRST, makeFirst } from '#tests/helpers/newcomer'
import { ace, FOLDER, endWhatIsLeft, migrated, say, serve, typed } from '#tests/helpers/processes'

const WELCOMED = /Set up\s+(\S+)\n/

/** Gets a page over a connection that stays open. */
async function getKeepingOpen(url: string, agent: Agent): Promise<number | undefined> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode
}

test.group('Start and stop', (group) => {
  group.each.teardown(() => {
    const left = endWhatIsLeft()
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  })
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('while nobody can sign in each start prints an address where the first account is made', async ({
    assert,
  }) => {
    const env = await migrated()
    const first = serve(env)
    const [, address] = await first.saw(WELCOMED)
    assert.include(first.output, `Evergrant   ${env.APP_URL}`)
    assert.include(first.output, `Sandbox     http://127.0.0.1:${env.SANDBOX_PORT}`)
    assert.match(address.replace(env.APP_URL, ''), /^\/setup\?token=[\w-]{43}$/)
    assert.equal((await first.stop('SIGTERM')).code, 0)

    const second = serve(env)
    const [, newer] = await second.saw(WELCOMED)
    assert.notEqual(newer, address)
    assert.equal(await makeFirst(second.output), '/accounts/connect')
    const { email, password } = FIRST
    const form = await signInForm(env.APP_URL)
    assert.equal((await form.send(email, password)).headers.get('location'), '/')
    for (const dead of [address, newer]) {
      const answer = await fetch(dead, { redirect: 'manual' })
      assert.equal(answer.headers.get('location'), '/setup')
    }
    assert.equal((await second.stop('SIGTERM')).code, 0)

    const third = serve(env)
    await third.saw(/Sign in\s+with your account/)
    assert.notInclude(third.output, 'Set up')
    assert.equal((await third.stop('SIGTERM')).code, 0)
  }).timeout(90_000)

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} ends the web process despite open and half-sent requests`, async ({ assert }) => {
      const env = await migrated()
      const server = serve(env)
      await server.saw(WELCOMED)
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
    await server.saw(WELCOMED)
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

  // That a web process starts it, or says that it is off, is shown where the deployment files are run.
  test('the scheduler starts in no command', async ({ assert }) => {
    const env = await migrated()
    const listed = await ace(['connection:list', '--json'], env).ended
    assert.equal(listed.code, 0)
    assert.deepEqual(JSON.parse(listed.stdout), { connections: [] })
    assert.notInclude(listed.stdout + listed.stderr, '[Scheduler]')
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
