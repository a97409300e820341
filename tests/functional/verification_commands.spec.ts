import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import Organization from '#models/organization'
import { buildProviders } from '#oauth/build_providers'
import { ProviderRegistry } from '#oauth/registry'
import { AccountServer } from '#tests/helpers/account_server'
import { aceElsewhere } from '#tests/helpers/ace_elsewhere'
import { engineFixture, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { aceHere, lendToCommands } from '#tests/helpers/in_process_ace'
import { Installation } from '#tests/helpers/installation'
import { ace } from '#tests/helpers/processes'
import { TokenServer } from '#tests/helpers/token_server'

type Cleanup = (work: () => Promise<void>) => void

/** A provider with three accounts: `fine` and `stale` are well, the tokens of `dead` are refused. */
async function threeAccounts(cleanup: Cleanup) {
  const accounts = await AccountServer.start(cleanup)
  const tokens = await TokenServer.start()
  cleanup(() => tokens.close())
  accounts.on('/userinfo', ({ token }) => {
    if (token === 'SECRET-dead') return { status: 401, body: { error: 'invalid_token' } }
    const sub = token === 'SECRET-fine' ? 'fine' : 'stale'
    return { body: { sub, name: `Name of ${sub}` } }
  })
  const local = {
    token_endpoint: tokens.url,
    userinfo_endpoint: `${accounts.origin}/userinfo`,
    client_id: 'client',
    client_secret: 'client-secret',
  }
  const line = (account: string, token_expires_at: string) =>
    JSON.stringify({
      provider: 'local',
      owner: `owner-${account}`,
      provider_account_id: account,
      access_token: `SECRET-${account}`,
      refresh_token: account === 'dead' ? 'SECRET-revoked' : tokens.grant(account),
      token_expires_at,
    })
  const lines = [
    line('fine', '2100-01-01T00:00:00Z'),
    line('stale', '2026-01-01T00:00:00Z'),
    line('dead', '2100-01-01T00:00:00Z'),
  ]
  return { accounts, tokens, file: { local }, lines: lines.join('\n') }
}

/** An installation with these accounts, whose commands are processes. */
async function installed(cleanup: Cleanup, dialect: Dialect) {
  const { file, lines, accounts } = await threeAccounts(cleanup)
  const installation = await Installation.create(cleanup, {
    dialect,
    environment: {
      ALLOW_PRIVATE_PROVIDERS: 'true',
      TOKEN_VERIFY_SPACING: '250ms',
      TOKEN_VERIFY_CONCURRENCY: '1',
    },
  })
  installation.environment.PROVIDERS_FILE = await installation.write('providers.json', JSON.stringify(file))
  await installation.migrate()
  const accountsFile = await installation.write('accounts.ndjson', lines)
  const imported = await aceElsewhere(installation.environment, 'connection:import', accountsFile)
  if (imported.code !== 0) throw new Error(imported.stderr)
  return { installation, accounts }
}

/** These accounts in the database of the tests, for commands in this process. */
async function scene(cleanup: Cleanup, dialect: Dialect) {
  const { file, lines, tokens } = await threeAccounts(cleanup)
  const built = buildProviders({
    builtIn: [],
    clients: {},
    file,
    allowPrivate: true,
    secretFromEnv: () => undefined,
  })
  const fixture = await engineFixture(dialect, cleanup, {
    engine: {
      providers: new ProviderRegistry(built),
      verification: { concurrency: 3, spacing: 1, validateConcurrency: 5 },
    },
  })
  fixture.clock.advance(Date.now() - fixture.clock.now())
  await lendToCommands(cleanup, dialect, fixture.engine)
  await Organization.create({ slug: 'main', name: 'Main' })
  const folder = await mkdtemp(join(tmpdir(), 'evergrant-'))
  cleanup(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'accounts.ndjson'), lines)
  const imported = await aceHere('connection:import', join(folder, 'accounts.ndjson'))
  if (imported.code !== 0) throw new Error(imported.stderr)
  const listed = JSON.parse((await aceHere('connection:list', '--json')).stdout)
  const idOf = (account: string): string =>
    listed.connections.find((one: { provider_account_id: string }) => one.provider_account_id === account).id
  return { idOf, tokens }
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`The commands of verification on ${dialect}`, (group) => {
    group.each.timeout(120_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('token:validate tells what can be used, refreshes only if asked, and ends with 3 while something cannot', async (context) => {
      const { assert } = context
      const { idOf, tokens } = await scene((work) => context.cleanup(work), dialect)
      const ids = ['fine', 'stale', 'dead'].map(idOf)
      const looked = await aceHere('token:validate', ...ids, 'nonsense', '--json')
      assert.equal(looked.code, 3, looked.stderr)
      const report = JSON.parse(looked.stdout)
      assert.deepEqual(Object.keys(report), ['valid_connection_ids', 'results'])
      assert.deepEqual(report.valid_connection_ids, [ids[0]])
      assert.deepEqual(
        report.results.map((one: { reason: string }) => one.reason),
        ['valid', 'expired', 'rejected', 'not_found']
      )
      assert.lengthOf(tokens.presented, 0)
      const refreshed = await aceHere('token:validate', ...ids.slice(0, 2), '--auto-refresh')
      assert.equal(refreshed.code, 0, refreshed.stderr)
      assert.include(refreshed.stdout, '2 of 2 can be used')
      assert.notInclude(looked.stdout + looked.stderr + refreshed.stdout + refreshed.stderr, 'SECRET')
      assert.equal((await aceHere('token:validate', ids[0], '--organization=nobody')).code, 2)
    })

    test('token:verify prints the figures of X3 and ends with 3 while an account is unusable', async (context) => {
      const { assert } = context
      const { idOf } = await scene((work) => context.cleanup(work), dialect)
      const verified = await aceHere('token:verify', '--json')
      assert.equal(verified.code, 3, verified.stderr)
      const report = JSON.parse(verified.stdout)
      const stats = { total: 3, valid: 1, expired_refreshed: 1, invalid: 1, suspended: 0, untested: 0 }
      assert.deepEqual(report.stats, { ...stats, connection_passed: 2 })
      assert.match(report.run_id, /^[0-9a-f-]{36}$/)
      assert.lengthOf(report.results, 3)
      const shown = JSON.parse((await aceHere('connection:show', idOf('fine'), '--json')).stdout)
      assert.equal(shown.connection.display_name, 'Name of fine')
      assert.isNotNull(shown.connection.last_validated_at)
      const well = await aceHere('token:verify', idOf('fine'), '--provider=local')
      assert.equal(well.code, 0, well.stderr)
      assert.match(well.stdout, /^Total 1: 1 valid, 0 refreshed, 0 invalid, 0 suspended, 0 untested/)
      for (const wrong of [['--provider=loca'], ['nonsense']]) {
        const { code, stdout, stderr } = await aceHere('token:verify', ...wrong)
        assert.equal(code, 2, wrong.join(' '))
        assert.equal(stdout, '')
        assert.notEqual(stderr.trim(), '')
      }
      assert.notInclude(verified.stdout + verified.stderr + well.stdout, 'SECRET')
    })

    test('token:verify that is interrupted saves what is in flight and ends with 130', async (context) => {
      const { assert } = context
      const { installation, accounts } = await installed((work) => context.cleanup(work), dialect)
      let interrupt = () => {}
      const asked = new Promise<void>((resolve) => {
        accounts.on('/userinfo', async ({ token }) => {
          interrupt()
          resolve()
          return { body: { sub: token === 'SECRET-fine' ? 'fine' : 'stale' } }
        })
      })
      const command = ace(['token:verify', '--json'], installation.environment)
      interrupt = () => void command.child.kill('SIGINT')
      await asked
      const { code, stdout } = await command.ended
      assert.equal(code, 130)
      const report = JSON.parse(stdout)
      assert.equal(report.stats.total, 1)
    })
  })
}

test.group('The commands of verification, in a process', (group) => {
  group.each.timeout(120_000)

  test('a missing argument and an unknown flag are bad usage', async ({ assert, cleanup }) => {
    const installation = await Installation.create(cleanup)
    await installation.migrate()
    assert.equal((await installation.ace('token:validate')).code, 2)
    const { code, stdout, stderr } = await installation.ace('token:verify', '--nonsense')
    assert.deepEqual([code, stdout], [2, ''])
    assert.notEqual(stderr.trim(), '')
  })

  test('what is unusable ends with 3, what is well with 0', async ({ assert, cleanup }) => {
    const { installation } = await installed(cleanup, 'sqlite')
    const verified = await installation.ace('token:verify', '--json')
    assert.equal(verified.code, 3, verified.stderr)
    const { valid, expired_refreshed: refreshed, invalid } = JSON.parse(verified.stdout).stats
    assert.deepEqual([valid, refreshed, invalid], [1, 1, 1])
    const looked = await installation.ace('token:validate', 'nonsense', '--json')
    assert.equal(looked.code, 3, looked.stderr)
    assert.deepEqual(JSON.parse(looked.stdout).valid_connection_ids, [])
    assert.notInclude(verified.stdout + verified.stderr, 'SECRET')
  })
})
