import { test } from '@japa/runner'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { Installation } from '#tests/helpers/installation'
import { openSandbox } from '#tests/helpers/sandbox_client'

const COUNT = 1_000

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`A thousand connections on ${dialect}`, (group) => {
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('token:refresh refreshes each exactly once, and a second call skips all', async (context) => {
      const { assert } = context
      const { sandbox, control, client } = await openSandbox(context, { accessTokenLifetime: 3_600_000 })
      const installation = await Installation.create((work) => context.cleanup(work), {
        dialect,
        environment: { ALLOW_PRIVATE_PROVIDERS: 'true', LOCAL_SECRET: client.clientSecret.reveal() },
      })
      installation.environment.PROVIDERS_FILE = await installation.write(
        'providers.json',
        JSON.stringify({
          local: {
            issuer: sandbox.issuer,
            client_id: client.clientId,
            client_secret_env: 'LOCAL_SECRET',
            rotation: 'always',
            reuse: 'strict',
          },
        })
      )
      const lines = []
      for (let account = 0; account < COUNT; account++) {
        const { refreshToken, accessToken } = await control.mintGrant(`account-${account}`)
        lines.push({
          provider: 'local',
          owner: `owner-${account}`,
          access_token: accessToken,
          refresh_token: refreshToken,
          token_expires_at: '2026-01-01T00:00:00Z',
        })
      }
      const file = await installation.write(
        'connections.ndjson',
        lines.map((line) => JSON.stringify(line)).join('\n')
      )
      await installation.migrate()
      const imported = await installation.ace('connection:import', file, '--json')
      assert.deepInclude(JSON.parse(imported.stdout), { imported: COUNT, failed: 0 })

      const first = await installation.ace('token:refresh', '--json')
      assert.equal(first.code, 0, first.stderr)
      assert.deepInclude(JSON.parse(first.stdout), { total: COUNT, refreshed: COUNT, failed: 0, skipped: 0 })
      const { refreshesByAccount, reuseDetections, total } = control.requests()
      assert.equal(total, COUNT)
      assert.equal(reuseDetections, 0)
      assert.isTrue(
        Object.values(Object.fromEntries(Object.entries(refreshesByAccount))).every((count) => count === 1)
      )

      const second = await installation.ace('token:refresh', '--json')
      assert.equal(second.code, 0)
      assert.deepInclude(JSON.parse(second.stdout), { total: COUNT, refreshed: 0, failed: 0, skipped: COUNT })
      assert.equal(control.requests().total, COUNT)
    }).timeout(120_000)

    test('a revoked grant makes the command end with 3 and name it; the others are refreshed', async (context) => {
      const { assert } = context
      const { sandbox, control, client } = await openSandbox(context, { accessTokenLifetime: 3_600_000 })
      const installation = await Installation.create((work) => context.cleanup(work), {
        dialect,
        environment: { ALLOW_PRIVATE_PROVIDERS: 'true', LOCAL_SECRET: client.clientSecret.reveal() },
      })
      const entry = { issuer: sandbox.issuer, client_id: client.clientId, client_secret_env: 'LOCAL_SECRET' }
      installation.environment.PROVIDERS_FILE = await installation.write(
        'providers.json',
        JSON.stringify({ local: entry })
      )
      const lines = []
      for (const account of ['ana', 'bob', 'eve']) {
        const { refreshToken, accessToken } = await control.mintGrant(account)
        lines.push({
          provider: 'local',
          owner: account,
          username: account,
          access_token: accessToken,
          refresh_token: refreshToken,
          token_expires_at: '2026-01-01T00:00:00Z',
        })
      }
      await control.revoke('bob')
      await installation.migrate()
      const file = await installation.write('c.ndjson', lines.map((line) => JSON.stringify(line)).join('\n'))
      const dry = await installation.aceEach([
        ['connection:import', file],
        ['token:refresh', '--dry-run', '--json'],
      ])
      assert.equal(dry.code, 0)
      const planned = JSON.parse(dry.stdout.trim().split('\n').at(-1) ?? '')
      assert.deepInclude(planned, { dry_run: true, run_id: null, total: 3, refreshed: 0 })
      assert.equal(control.requests().total, 0)

      const result = await installation.ace('token:refresh', '--json')
      assert.equal(result.code, 3)
      const report = JSON.parse(result.stdout)
      assert.deepInclude(report, { total: 3, refreshed: 2, failed: 1 })
      const [failed] = report.results.filter(({ status }: { status: string }) => status === 'failed')
      assert.deepInclude(failed, { username: 'bob', reason: 'rejected' })
      const printed = `${result.stdout}${result.stderr}`
      for (const { access_token: access, refresh_token: refresh } of lines) {
        assert.notInclude(printed, access)
        assert.notInclude(printed, refresh)
      }
    }).timeout(120_000)
  })
}
