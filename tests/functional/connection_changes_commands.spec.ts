import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import Organization from '#models/organization'
import { engineFixture, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { aceHere, lendToCommands, type AceResult } from '#tests/helpers/in_process_ace'
import { Installation } from '#tests/helpers/installation'
import { revocationServer } from '#tests/helpers/revocation_server'

type Cleanup = (work: () => Promise<void>) => void

const LINES = [
  { owner: 'ana', tags: ['vip'], token_expires_at: '2100-01-01T00:00:00Z' },
  { owner: 'ben', tags: [], token_expires_at: '2026-01-01T00:00:00Z' },
  { owner: 'cleo', tags: ['vip', 'new'], token_expires_at: null },
].map((line) => ({
  provider: 'local',
  access_token: `SECRET-access-${line.owner}`,
  refresh_token: `SECRET-refresh-${line.owner}`,
  ...line,
}))

async function writeLines(cleanup: Cleanup, lines: readonly object[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'evergrant-'))
  cleanup(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'accounts.ndjson')
  await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  return file
}

/** Three accounts of a provider whose revocation endpoint is ours. */
async function scene(dialect: Dialect, cleanup: Cleanup) {
  const revocation = await revocationServer(cleanup)
  const server = { token_endpoint: 'http://127.0.0.1:9/token', revocation_endpoint: revocation.url }
  const fixture = await engineFixture(dialect, cleanup, { provider: { id: 'local', name: 'Local', server } })
  fixture.clock.advance(Date.now() - fixture.clock.now())
  await lendToCommands(cleanup, dialect, fixture.engine)
  await Organization.create({ slug: 'main', name: 'Main' })
  const imported = await aceHere('connection:import', await writeLines(cleanup, LINES))
  if (imported.code !== 0) throw new Error(imported.stderr)
  const exported = async (...args: string[]) => {
    const { stdout } = await aceHere('connection:export', ...args)
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
  const idOf = async (owner: string): Promise<string> => (await exported(`--filter=owner:${owner}`))[0].id
  return { revocation, exported, idOf, ace: aceHere }
}

const owners = (lines: { owner: string }[]) => lines.map(({ owner }) => owner).sort()

test.group('The commands that change connections', (group) => {
  group.each.timeout(120_000)

  test('as an operator types them, they end with 0 or 2 and print data and words apart', async (context) => {
    const { assert } = context
    const installation = await Installation.create((work) => context.cleanup(work))
    await installation.migrate()
    const lines = LINES.map((line) => JSON.stringify({ ...line, provider: 'twitch' }))
    const file = await installation.write('a.ndjson', lines.join('\n'))
    assert.equal((await installation.ace('connection:import', file)).code, 0)
    const unknown = await installation.ace('connection:pause', '--nonsense')
    assert.deepEqual([unknown.code, unknown.stdout], [2, ''])
    assert.include(unknown.stderr, 'Unknown flag')
    const refused = await installation.ace('connection:disconnect', '--filter=tag:vip', '--json')
    assert.deepEqual([refused.code, refused.stdout], [2, ''])
    const paused = await installation.ace('connection:pause', '--filter=tag:vip', '--json')
    assert.equal(paused.code, 0, paused.stderr)
    assert.containSubset(JSON.parse(paused.stdout), { change: 'pause', total: 2, changed: 2, failed: 0 })
    const all = await installation.ace('connection:export', '--filter=status:paused')
    assert.equal(all.code, 0)
    assert.lengthOf(all.stdout.trim().split('\n'), 2)
    assert.equal(all.stderr.trim(), '2 connections')
  })

  test('pause and resume by filter, by id and by both; a dry run changes nothing', async (context) => {
    const { assert } = context
    const { ace, exported, idOf } = await scene('sqlite', (work) => context.cleanup(work))
    const dry = await ace('connection:pause', '--filter=tag:vip', '--dry-run', '--json')
    assert.equal(dry.code, 0, dry.stderr)
    assert.containSubset(JSON.parse(dry.stdout), { change: 'pause', dry_run: true, total: 2, changed: 0 })
    assert.deepEqual(await exported('--filter=status:paused'), [])
    const paused = await ace('connection:pause', '--filter=tag:vip', '--json')
    assert.equal(paused.code, 0, paused.stderr)
    const report = JSON.parse(paused.stdout)
    assert.containSubset(report, { change: 'pause', dry_run: false, total: 2, changed: 2, failed: 0 })
    assert.deepEqual(Object.keys(report.results[0]), [
      'connection_id',
      'provider',
      'username',
      'status',
      'reason',
    ])
    assert.deepEqual(owners(await exported('--filter=status:paused')), ['ana', 'cleo'])
    const [ana, ben] = [await idOf('ana'), await idOf('ben')]
    const both = await ace('connection:resume', ana, ben, '--filter=tag:vip')
    assert.equal(both.code, 0, both.stderr)
    assert.equal(both.stdout, '1 resumed, 0 failed\n')
    assert.deepEqual(owners(await exported('--filter=status:paused')), ['cleo'])
    const none = await ace('connection:resume', '--filter=tag:nobody')
    assert.deepEqual([none.code, none.stdout], [0, '0 resumed, 0 failed\n'])
  })

  test('bad usage ends with 2 and a sentence, and changes nothing', async (context) => {
    const { assert } = context
    const { ace, exported, revocation } = await scene('sqlite', (work) => context.cleanup(work))
    const refused: [[string, ...string[]], string][] = [
      [['connection:pause'], "Name connections by their ids, or select them with --filter='…'"],
      [['connection:pause', '--filter= '], 'Name connections by their ids'],
      [
        ['connection:pause', '--filter=stauts:paused'],
        'There is no qualifier "stauts"; did you mean "status"?',
      ],
      [
        ['connection:resume', '--filter=provider:lokal'],
        'There is no provider "lokal"; did you mean "local"?',
      ],
      [['connection:pause', 'nonsense'], 'There is no connection nonsense in this organization.'],
      [['connection:export', '--filter=expires:soon'], '"expires:soon" is no time.'],
      [['connection:disconnect', '--filter=tag:vip'], 'This ends the grants of 2 accounts'],
      [['connection:disconnect', '--filter=tag:vip', '--json'], 'Add --yes to do it'],
    ]
    for (const [args, sentence] of refused) {
      const { code, stdout, stderr } = await ace(...args)
      assert.equal(code, 2, args.join(' '))
      assert.equal(stdout, '')
      assert.include(stderr, sentence)
    }
    assert.deepEqual(revocation.asked, [])
    assert.lengthOf(await exported('--filter=status:paused'), 0)
    assert.lengthOf(await exported('--filter=status:disconnected'), 0)
  })
})

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`The commands that change connections on ${dialect}`, (group) => {
    group.each.timeout(120_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('disconnect ends the grants at the provider and leaves no token here', async (context) => {
      const { assert } = context
      const { ace, exported, revocation, idOf } = await scene(dialect, (work) => context.cleanup(work))
      const done = await ace('connection:disconnect', '--filter=tag:vip', '--yes', '--json')
      assert.equal(done.code, 0, done.stderr)
      const report = JSON.parse(done.stdout)
      assert.containSubset(report, { total: 2, changed: 2, failed: 0 })
      assert.deepEqual(
        report.results.map(({ status, reason }: { status: string; reason: string }) => [status, reason]),
        Array(2).fill(['disconnected', 'revoked'])
      )
      const shown = revocation.asked.map(({ token }) => token).sort()
      assert.deepEqual(shown, ['SECRET-refresh-ana', 'SECRET-refresh-cleo'])
      assert.deepEqual(owners(await exported('--filter=status:disconnected')), ['ana', 'cleo'])
      const back = await ace('connection:reactivate', await idOf('ana'))
      assert.equal(back.code, 3)
      assert.include(back.stdout, 'connect it again instead')
      leaksNothing([done, back])
    })

    test('a provider that is down does not hold a disconnection up', async (context) => {
      const { assert } = context
      const { ace, revocation, exported } = await scene(dialect, (work) => context.cleanup(work))
      revocation.state.status = 503
      const done = await ace('connection:disconnect', '--filter=owner:ben', '--yes')
      assert.equal(done.code, 0, done.stderr)
      assert.include(done.stdout, 'the provider did not end its token yet; it is asked again')
      assert.deepEqual(owners(await exported('--filter=status:disconnected')), ['ben'])
      leaksNothing([done])
    })

    test('export prints what import understands without the tokens, with condition and times', async (context) => {
      const { assert } = context
      const { ace, exported } = await scene(dialect, (work) => context.cleanup(work))
      const all = await ace('connection:export')
      assert.equal(all.code, 0)
      assert.equal(all.stderr.trim(), '3 connections')
      const lines = await exported()
      assert.deepEqual(owners(lines), ['ana', 'ben', 'cleo'])
      const ana = lines.find(({ owner }) => owner === 'ana')
      assert.containSubset(ana, {
        provider: 'local',
        provider_account_id: 'ana',
        token_type: 'oauth2',
        token_expires_at: '2100-01-01T00:00:00.000Z',
        scopes: [],
        config: {},
        tags: ['vip'],
        status: 'connected',
        health: 'healthy',
      })
      assert.notProperty(ana, 'access_token')
      const one = await ace('connection:export', '--filter=tag:new', '--json')
      assert.deepEqual(owners(JSON.parse(one.stdout).connections), ['cleo'])
      const none = await ace('connection:export', '--filter=tag:nobody', '--json')
      assert.deepEqual(JSON.parse(none.stdout), { connections: [] })
      leaksNothing([all, one])
    })

    function leaksNothing(results: AceResult[]): void {
      for (const { stdout, stderr } of results) {
        if (/SECRET|v1:k1:/.test(stdout + stderr)) throw new Error('a secret was printed')
      }
    }
  })
}
