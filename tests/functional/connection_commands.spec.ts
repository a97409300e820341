import { spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { compileCache, compiled } from '#tests/helpers/compiled'

const file = app.makePath('tmp/commands.sqlite3')
const lines = app.makePath('tmp/commands.ndjson')

/** Runs a command as an operator does: in a process of its own, on a database of its own. */
function ace(args: string[], input = ''): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(compiled(), 'ace.js'), ...args], {
    cwd: app.makePath(),
    env: {
      ...process.env,
      ...compileCache(),
      DATABASE_URL: `sqlite:${file}`,
      NO_COLOR: '1',
      FORCE_COLOR: '0',
    },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (err += data))
  child.stdin.end(input)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

const line = (owner: string, changes: object = {}) =>
  JSON.stringify({
    provider: 'twitch',
    owner,
    access_token: `SECRET-access-${owner}`,
    refresh_token: `SECRET-refresh-${owner}`,
    ...changes,
  })

test.group('The commands about connections', (group) => {
  group.each.timeout(60_000)
  group.setup(async () => {
    for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true })
    await ace(['migration:run', '--force'])
    await writeFile(lines, [line('ana'), line('ben', { nonsense: 1 }), line('cleo')].join('\n'))
  })
  group.teardown(() => rm(lines, { force: true }))

  test('import loads the good lines, names the bad ones and ends with 3', async ({ assert }) => {
    const { code, out, err } = await ace(['connection:import', lines, '--json'])
    assert.equal(code, 3)
    assert.deepEqual(JSON.parse(out), {
      imported: 2,
      updated: 0,
      unchanged: 0,
      failed: 1,
      errors: [{ line: 2, message: 'Unknown field "nonsense".' }],
    })
    assert.include(err, 'line 2: Unknown field "nonsense".')
    assert.notInclude(out + err, 'SECRET')
  })

  test('import reads standard input, and the same lines again are unchanged', async ({ assert }) => {
    const { code, out } = await ace(['connection:import', '-'], `${line('ana')}\n${line('cleo')}\n`)
    assert.equal(code, 0)
    assert.equal(out, '0 imported, 0 updated, 2 unchanged, 0 failed\n')
  })

  test('a missing file, a missing argument and an unknown flag are bad usage', async ({ assert }) => {
    const usages = [['/nowhere/x'], [], [lines, '--nonsense'], [lines, '--organization=nobody']]
    for (const usage of usages) {
      const { code, out, err } = await ace(['connection:import', ...usage])
      assert.equal(code, 2, usage.join(' '))
      assert.equal(out, '')
      assert.notEqual(err.trim(), '')
    }
  })

  test('list prints one JSON object and never a token', async ({ assert }) => {
    const { code, out } = await ace(['connection:list', '--json', '--owner=ana'])
    assert.equal(code, 0)
    const { connections } = JSON.parse(out)
    assert.lengthOf(connections, 1)
    assert.deepInclude(connections[0], {
      provider: 'twitch',
      owner: 'ana',
      status: 'connected',
      token_version: 1,
    })
    assert.notInclude(out, 'SECRET')
    assert.notMatch(out, /v1:/)
  })

  test('list refuses a status and a provider that do not exist', async ({ assert }) => {
    for (const flag of ['--status=fine', '--provider=twich']) {
      const { code, err } = await ace(['connection:list', flag])
      assert.equal(code, 2)
      assert.match(err, /These exist: /)
    }
  })

  test('show tells all figures; an unknown id ends with 2 and one sentence', async ({ assert }) => {
    const listed = JSON.parse((await ace(['connection:list', '--json'])).out)
    const shown = await ace(['connection:show', listed.connections[0].id])
    assert.equal(shown.code, 0)
    assert.match(shown.out, /grant_generation +1/)
    assert.match(shown.out, /No refreshes yet/)
    assert.notInclude(shown.out, 'SECRET')
    const unknown = await ace(['connection:show', 'nothing'])
    assert.equal(unknown.code, 2)
    assert.equal(unknown.err, 'There is no connection nothing in this organization.\n')
  })

  test('user:create makes a person once, with a password that is shown once', async ({ assert }) => {
    const created = await ace(['user:create', '--email=Ana@Example.com', '--role=operator'])
    assert.equal(created.code, 0)
    assert.match(created.out, /^Created ana@example\.com as operator\.\nPassword, shown this once: \w{20}\n$/)
    const again = await ace(['user:create', '--email=ana@example.com', '--role=operator', '--json'])
    assert.equal(again.code, 2)
    assert.equal(again.out, '')
    assert.match(again.err, /There is a user with the e-mail address ana@example\.com already\./)
    const short = await ace(['user:create', '--email=ben@example.com', '--role=admin', '--password=short'])
    assert.equal(short.code, 2)
    assert.match(short.err, /at least 12 characters/)
  })
})
