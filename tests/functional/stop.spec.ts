/** The web process is told to end while refreshes are on their way. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import { AuthorizationLab } from '#tests/helpers/lab/authorization_lab'
import { ace, endWhatIsLeft, FOLDER, migrated, serve } from '#tests/helpers/processes'

const COUNT = 20

/** A web process whose scheduler finds `COUNT` lapsed accounts of the laboratory. */
async function lapsedInstallation(lab: AuthorizationLab) {
  const accounts = Array.from({ length: COUNT }, (_, index) => `ana-${index}`)
  const tokens = await lab.grant(accounts, 'strict')
  const env = await migrated({ ALLOW_PRIVATE_PROVIDERS: 'true' })
  const providers = join(FOLDER, `providers-${env.PORT}.json`)
  const client = { client_id: 'client', client_secret: 'client-secret' }
  const entry = { token_endpoint: lab.url, authorization_endpoint: lab.url, ...client, reuse: 'strict' }
  writeFileSync(providers, JSON.stringify({ lab: entry }))
  const lines = accounts.map((owner, index) => ({
    provider: 'lab',
    owner,
    access_token: `old-${owner}`,
    refresh_token: tokens[index],
    token_expires_at: '2026-01-01T00:00:00Z',
  }))
  const file = join(FOLDER, `connections-${env.PORT}.ndjson`)
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  env.PROVIDERS_FILE = providers
  const imported = await ace(['connection:import', file, '--json'], env).ended
  if (imported.code !== 0) throw new Error(imported.stderr)
  return env
}

test.group('Stop during refreshes', (group) => {
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('what the provider has answered is stored, nothing more is sent, and the process ends with 0', async ({
    assert,
    cleanup,
  }) => {
    const lab = await AuthorizationLab.start()
    cleanup(async () => {
      endWhatIsLeft()
      await lab.close()
    })
    const env = await lapsedInstallation(lab)
    await lab.hold('rotated')
    const server = serve(env)
    await lab.gathered(COUNT)
    const stopped = server.stop('SIGTERM')
    // From the moment that it takes no more visitors it has heard.
    while (await fetch(`${env.APP_URL}/login`, { headers: { connection: 'close' } }).catch(() => null))
      await sleep(50)
    await lab.release()
    assert.equal((await stopped).code, 0)
    assert.equal(lab.truth.all().filter(({ event }) => event === 'presented').length, COUNT)
    const database = new Database(env.DATABASE_URL.replace('sqlite:', ''), { readonly: true })
    cleanup(() => void database.close())
    const sql = 'SELECT status, token_version, attempt_id FROM connections'
    const rows = database.prepare(sql).all() as Record<string, unknown>[]
    assert.lengthOf(rows, COUNT)
    for (const row of rows) assert.deepEqual(row, { status: 'connected', token_version: 2, attempt_id: null })
  }).timeout(60_000)
})
