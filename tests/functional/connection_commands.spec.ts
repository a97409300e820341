import { spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import Organization from '#models/organization'
import { compileCache, compiled } from '#tests/helpers/compiled'
import { emptyTables } from '#tests/helpers/database'
import { aceHere } from '#tests/helpers/in_process_ace'
import { FOLDER, migrated, Running } from '#tests/helpers/processes'

/** Runs a command as an operator does: in a process of its own, on a database of its own. */
async function typed(args: string[], env: Record<string, string>, input = '') {
  const child = spawn(process.execPath, [join(compiled(), 'ace.js'), ...args], {
    cwd: app.makePath(),
    env: { ...process.env, ...compileCache(), NO_COLOR: '1', FORCE_COLOR: '0', ...env },
  })
  child.stdin.end(input)
  return new Running(child).ended
}

const line = (owner: string, changes: object = {}) =>
  JSON.stringify({
    provider: 'twitch',
    owner,
    access_token: `SECRET-access-${owner}`,
    refresh_token: `SECRET-refresh-${owner}`,
    ...changes,
  })

test.group('The commands about connections, in a process', (group) => {
  group.each.timeout(60_000)
  let env: Record<string, string>
  group.setup(async () => {
    env = { DATABASE_URL: (await migrated()).DATABASE_URL }
  })
  group.teardown(() => rm(FOLDER, { recursive: true, force: true }))

  test('import reads standard input, and the same lines again are unchanged', async ({ assert }) => {
    const input = `${line('ana')}\n${line('cleo')}\n`
    const first = await typed(['connection:import', '-'], env, input)
    assert.deepEqual([first.code, first.stdout], [0, '2 imported, 0 updated, 0 unchanged, 0 failed\n'])
    const { code, stdout } = await typed(['connection:import', '-'], env, input)
    assert.equal(code, 0)
    assert.equal(stdout, '0 imported, 0 updated, 2 unchanged, 0 failed\n')
  })

  test('a missing argument and an unknown flag are bad usage, and so is a missing file', async ({
    assert,
  }) => {
    for (const usage of [['/nowhere/x'], [], ['-', '--nonsense']]) {
      const { code, stdout, stderr } = await typed(['connection:import', ...usage], env)
      assert.equal(code, 2, usage.join(' '))
      assert.equal(stdout, '')
      assert.notEqual(stderr.trim(), '')
    }
  })
})

test.group('The commands about connections', (group) => {
  group.each.timeout(60_000)
  const lines = app.makePath(`tmp/commands-${process.pid}.ndjson`)
  group.setup(async () => {
    await emptyTables()
    await Organization.create({ slug: 'main', name: 'Main' })
    await writeFile(lines, [line('ana'), line('ben', { nonsense: 1 }), line('cleo')].join('\n'))
  })
  group.teardown(() => rm(lines, { force: true }))

  test('import loads the good lines, names the bad ones and ends with 3', async ({ assert }) => {
    const { code, stdout, stderr } = await aceHere('connection:import', lines, '--json')
    assert.equal(code, 3)
    assert.deepEqual(JSON.parse(stdout), {
      imported: 2,
      updated: 0,
      unchanged: 0,
      failed: 1,
      errors: [{ line: 2, message: 'Unknown field "nonsense".' }],
    })
    assert.include(stderr, 'line 2: Unknown field "nonsense".')
    assert.notInclude(stdout + stderr, 'SECRET')
  })

  test('the same lines again are unchanged', async ({ assert }) => {
    const { code, stdout } = await aceHere('connection:import', lines)
    assert.equal(code, 3)
    assert.equal(stdout, '0 imported, 0 updated, 2 unchanged, 1 failed\n')
  })

  test('a file that is not there and an organization that nobody knows are bad usage', async ({ assert }) => {
    for (const usage of [['/nowhere/x'], [lines, '--organization=nobody']]) {
      const { code, stdout, stderr } = await aceHere('connection:import', ...usage)
      assert.equal(code, 2, usage.join(' '))
      assert.equal(stdout, '')
      assert.notEqual(stderr.trim(), '')
    }
  })

  test('list prints one JSON object and never a token', async ({ assert }) => {
    const { code, stdout } = await aceHere('connection:list', '--json', '--owner=ana')
    assert.equal(code, 0)
    const { connections } = JSON.parse(stdout)
    assert.lengthOf(connections, 1)
    assert.deepInclude(connections[0], {
      provider: 'twitch',
      owner: 'ana',
      status: 'connected',
      token_version: 1,
    })
    assert.notInclude(stdout, 'SECRET')
    assert.notMatch(stdout, /v1:/)
  })

  test('list refuses a status and a provider that do not exist', async ({ assert }) => {
    for (const flag of ['--status=fine', '--provider=twich']) {
      const { code, stderr } = await aceHere('connection:list', flag)
      assert.equal(code, 2)
      assert.match(stderr, /These exist: /)
    }
  })

  test('show tells all figures; an unknown id ends with 2 and one sentence', async ({ assert }) => {
    const listed = JSON.parse((await aceHere('connection:list', '--json')).stdout)
    const shown = await aceHere('connection:show', listed.connections[0].id)
    assert.equal(shown.code, 0)
    assert.match(shown.stdout, /grant_generation +1/)
    assert.match(shown.stdout, /No refreshes yet/)
    assert.notInclude(shown.stdout, 'SECRET')
    const unknown = await aceHere('connection:show', 'nothing')
    assert.equal(unknown.code, 2)
    assert.equal(unknown.stderr, 'There is no connection nothing in this organization.\n')
  })

  test('user:create makes a person once, with a password that is shown once', async ({ assert }) => {
    const created = await aceHere('user:create', '--email=Ana@Example.com', '--role=operator')
    assert.equal(created.code, 0)
    assert.match(
      created.stdout,
      /^Created ana@example\.com as operator\.\nPassword, shown this once: \w{20}\n$/
    )
    const again = await aceHere('user:create', '--email=ana@example.com', '--role=operator', '--json')
    assert.equal(again.code, 2)
    assert.equal(again.stdout, '')
    assert.match(again.stderr, /There is a user with the e-mail address ana@example\.com already\./)
    const short = await aceHere('user:create', '--email=ben@example.com', '--role=admin', '--password=short')
    assert.equal(short.code, 2)
    assert.match(short.stderr, /at least 12 characters/)
  })
})
