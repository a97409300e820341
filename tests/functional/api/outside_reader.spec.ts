/**
 * A program in another language, which knows of us only what docs/api.md says, against an installation as a newcomer has
 * one: our process, the sandbox as the platform, and Python's standard library.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { SandboxStore } from '#sandbox/store'
import { Installation } from '#tests/helpers/installation'

type Told = Record<string, unknown> & { step: string }

/** The reader as a process. `told` resolves with the next thing that it tells. */
function startReader({ cleanup }: TestContext, key: string, ...args: string[]) {
  const { PATH = '' } = process.env
  const child = spawn('python3', ['-B', app.makePath('tests/outside/reader.py'), ...args], {
    env: { PATH, EVERGRANT_KEY: key },
    stdio: 'pipe',
  })
  cleanup(() => void child.kill('SIGKILL'))
  let trouble = ''
  child.stderr.on('data', (text: Buffer) => (trouble += text))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = once(child, 'close') as Promise<[number | null]>
  const told = async (): Promise<Told> => {
    const { done, value } = await lines.next()
    if (done) throw new Error(`The reader ended early: ${trouble}`)
    return JSON.parse(value)
  }
  return { told, goOn: () => child.stdin.write('\n'), ended, trouble: () => trouble }
}

/** The platform ends one access token, and keeps the consent: the sandbox forgets it. */
function endAtPlatform({ folder }: Installation, token: string): void {
  const store = new SandboxStore(join(folder, 'sandbox.sqlite3'))
  store.remove('AccessToken', token)
  store.close()
}

test.group('An outside reader', () => {
  test('connects an owner by a link, reads a token, reports it refused, and reads the refreshed one', async (context) => {
    const { assert } = context
    const installation = await Installation.create((work) => context.cleanup(work), {
      environment: { SANDBOX_TOKEN_LIFETIME: '10m', SCHEDULER_ENABLED: 'false' },
    })
    await installation.migrate()
    await installation.serve()
    const abilities = '--abilities=connections:write,tokens:read'
    const made = await installation.ace('api-key:create', '--name=Reader', abilities, '--json')
    const { key } = JSON.parse(made.stdout) as { key: string }
    const { url, sandboxUrl } = installation
    const reader = startReader(context, key, url, 'sandbox', 'ana', `${sandboxUrl}/me`)

    assert.match(String((await reader.told()).path), /^\/link\/[\w-]+\/done$/)
    const used = await reader.told()
    assert.deepInclude(used, { step: 'used', status: 200 })

    const stored = await fetch(`${url}/api/v1/connections/${used.connection_id}/token`, {
      headers: { authorization: `Bearer ${key}` },
    })
    const { access_token: token } = (await stored.json()) as { access_token: string }
    endAtPlatform(installation, token)
    reader.goOn()

    assert.deepEqual(await reader.told(), { step: 'refused', status: 401 })
    const refreshed = { step: 'refreshed', is_new: true, is_answered: true, status: 200 }
    assert.deepEqual(await reader.told(), refreshed)
    assert.deepEqual(await reader.ended, [0, null], reader.trouble())
  }).timeout(60_000)
})
