import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { readProvidersFile } from '#oauth/providers_file'

function start(...args: string[]) {
  const run = ['--import=@poppinss/ts-exec', 'simulator/main.ts', ...args]
  const child = spawn(process.execPath, run, { cwd: app.makePath() })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (told += text))
  return { child, told: () => told, ended: once(child, 'exit') as Promise<[number | null]> }
}

test.group('npm run simulator', (group) => {
  group.each.timeout(30_000)

  test('writes a PROVIDERS_FILE that can be used, answers, and ends with a signal', async ({
    assert,
    cleanup,
  }) => {
    const folder = await mkdtemp(join(tmpdir(), 'evergrant-simulator-'))
    cleanup(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'providers.json')
    const { child, told, ended } = start('--port=0', `--write-providers-file=${path}`)
    cleanup(() => void child.kill('SIGKILL'))
    while (!told().includes('_control/log')) await once(child.stderr, 'data')
    assert.include(told(), `PROVIDERS_FILE=${path}`)
    const file = await readProvidersFile(path)
    const answer = await fetch(file.spotify.token_endpoint ?? '', { method: 'POST' })
    assert.equal(answer.status, 415)
    child.kill('SIGTERM')
    assert.deepEqual((await ended)[0], 0)
  })

  test('refuses flags that it does not know, with a sentence and exit code 2', async ({ assert }) => {
    const { told, ended } = start('--prot=1')
    assert.equal((await ended)[0], 2)
    assert.match(told(), /Unknown option '--prot'. Use: npm run simulator/)
  })
})
