import { test } from '@japa/runner'
import { AccountServer } from '#tests/helpers/account_server'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { Installation } from '#tests/helpers/installation'
import { ace } from '#tests/helpers/processes'
import { TokenServer } from '#tests/helpers/token_server'

/** An installation with three accounts of one provider: `fine` and `stale` are well, the tokens of `dead` are refused. */
async function scene(cleanup: (work: () => Promise<void>) => void, dialect: 'sqlite' | 'postgres') {
  const accounts = await AccountServer.start(cleanup)
  const tokens = await TokenServer.start()
  cleanup(() => tokens.close())
  accounts.on('/userinfo', ({ token }) => {
    if (token === 'SECRET-dead') return { status: 401, body: { error: 'invalid_token' } }
    const sub = token === 'SECRET-fine' ? 'fine' : 'stale'
    return { body: { sub, name: `Name of ${sub}` } }
  })
  const installation = await Installation.create(cleanup, {
    dialect,
    environment: { ALLOW_PRIVATE_PROVIDERS: 'true', TOKEN_VERIFY_SPACING: '1ms' },
  })
  const local = {
    token_endpoint: tokens.url,
    userinfo_endpoint: `${accounts.origin}/userinfo`,
    client_id: 'client',
    client_secret: 'client-secret',
  }
  installation.environment.PROVIDERS_FILE = await installation.write(
    'providers.json',
    JSON.stringify({ local })
  )
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
  const file = await installation.write('accounts.ndjson', lines.join('\n'))
  await installation.migrate()
  await installation.ace('connection:import', file)
  const listed = JSON.parse((await installation.ace('connection:list', '--json')).stdout)
  const idOf = (account: string): string =>
    listed.connections.find((one: { provider_account_id: string }) => one.provider_account_id === account).id
  return { installation, idOf, accounts, tokens }
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`The commands of verification on ${dialect}`, (group) => {
    group.each.timeout(120_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('token:validate tells what can be used, refreshes only if asked, and ends with 3 while something cannot', async (context) => {
      const { assert } = context
      const { installation, idOf, tokens } = await scene((work) => context.cleanup(work), dialect)
      const ids = ['fine', 'stale', 'dead'].map(idOf)
      const looked = await installation.ace('token:validate', ...ids, 'nonsense', '--json')
      assert.equal(looked.code, 3, looked.stderr)
      const report = JSON.parse(looked.stdout)
      assert.deepEqual(Object.keys(report), ['valid_connection_ids', 'results'])
      assert.deepEqual(report.valid_connection_ids, [ids[0]])
      assert.deepEqual(
        report.results.map((one: { reason: string }) => one.reason),
        ['valid', 'expired', 'rejected', 'not_found']
      )
      assert.lengthOf(tokens.presented, 0)
      const refreshed = await installation.ace('token:validate', ...ids.slice(0, 2), '--auto-refresh')
      assert.equal(refreshed.code, 0, refreshed.stderr)
      assert.include(refreshed.stdout, '2 of 2 can be used')
      assert.notInclude(looked.stdout + looked.stderr + refreshed.stdout + refreshed.stderr, 'SECRET')
      assert.equal((await installation.ace('token:validate')).code, 2)
      assert.equal((await installation.ace('token:validate', ids[0], '--organization=nobody')).code, 2)
    })

    test('token:verify prints the figures of X3 and ends with 3 while an account is unusable', async (context) => {
      const { assert } = context
      const { installation, idOf } = await scene((work) => context.cleanup(work), dialect)
      const verified = await installation.ace('token:verify', '--json')
      assert.equal(verified.code, 3, verified.stderr)
      const report = JSON.parse(verified.stdout)
      const stats = { total: 3, valid: 1, expired_refreshed: 1, invalid: 1, suspended: 0, untested: 0 }
      assert.deepEqual(report.stats, { ...stats, connection_passed: 2 })
      assert.match(report.run_id, /^[0-9a-f-]{36}$/)
      assert.lengthOf(report.results, 3)
      const shown = JSON.parse((await installation.ace('connection:show', idOf('fine'), '--json')).stdout)
      assert.equal(shown.connection.display_name, 'Name of fine')
      assert.isNotNull(shown.connection.last_validated_at)
      const well = await installation.ace('token:verify', idOf('fine'), '--provider=local')
      assert.equal(well.code, 0, well.stderr)
      assert.match(well.stdout, /^Total 1: 1 valid, 0 refreshed, 0 invalid, 0 suspended, 0 untested/)
      for (const wrong of [['--provider=loca'], ['nonsense'], ['--nonsense']]) {
        const { code, stdout, stderr } = await installation.ace('token:verify', ...wrong)
        assert.equal(code, 2, wrong.join(' '))
        assert.equal(stdout, '')
        assert.notEqual(stderr.trim(), '')
      }
      assert.notInclude(verified.stdout + verified.stderr + well.stdout, 'SECRET')
    })

    test('token:verify that is interrupted saves what is in flight and ends with 130', async (context) => {
      const { assert } = context
      const { installation, accounts } = await scene((work) => context.cleanup(work), dialect)
      installation.environment.TOKEN_VERIFY_CONCURRENCY = '1'
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
