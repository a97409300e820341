import { join } from 'node:path'
import Database from 'better-sqlite3'
import { test } from '@japa/runner'
import pg from 'pg'
import { inOrder } from '#services/transfer/table_plan'
import { aceElsewhere } from '#tests/helpers/ace_elsewhere'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { Installation } from '#tests/helpers/installation'

const LINES = ['ana', 'bo', 'chi'].map((name) =>
  JSON.stringify({
    provider: 'twitch',
    owner: name,
    provider_account_id: `id-${name}`,
    username: name,
    access_token: `secret-access-${name}`,
    refresh_token: `secret-refresh-${name}`,
    token_expires_at: '2030-01-01T00:00:00Z',
    tags: ['vip'],
  })
)

/** An installation on SQLite with accounts, one of which derives from another that comes after it in the file. */
async function onSqlite(cleanup: (work: () => Promise<void>) => void) {
  const source = await Installation.create(cleanup)
  await source.migrate()
  const lines = await source.write('accounts.ndjson', LINES.join('\n'))
  const imported = await aceElsewhere(source.environment, 'connection:import', lines)
  if (imported.code !== 0) throw new Error(imported.stderr)
  const file = join(source.folder, 'evergrant.sqlite3')
  const database = new Database(file)
  database
    .prepare(
      `UPDATE connections SET parent_id = (SELECT id FROM connections WHERE username = 'chi') WHERE username = 'ana'`
    )
    .run()
  const tokens = database.prepare('SELECT id, access_token FROM connections ORDER BY id').all()
  database.close()
  return { source, file, tokens }
}

async function onPostgres(cleanup: (work: () => Promise<void>) => void, source: Installation) {
  const { ENCRYPTION_KEYS, APP_KEY } = source.environment
  const target = await Installation.create(cleanup, {
    dialect: 'postgres',
    environment: { ENCRYPTION_KEYS, APP_KEY },
  })
  await target.migrate()
  return target
}

test.group('database:transfer', (group) => {
  group.each.skip(!postgresUrl, 'no PostgreSQL at TEST_DATABASE_URL')

  test('everything arrives as it is, and the old database refreshes nothing more', async ({
    assert,
    cleanup,
  }) => {
    const { source, file, tokens } = await onSqlite((work) => cleanup(work))
    const target = await onPostgres((work) => cleanup(work), source)
    const done = await target.ace('database:transfer', file, '--json')
    assert.equal(done.code, 0, done.stderr)
    assert.equal(JSON.parse(done.stdout).tables.connections, 3)

    const client = new pg.Client({ connectionString: target.environment.DATABASE_URL })
    await client.connect()
    const arrived = await client.query('SELECT id, access_token FROM connections ORDER BY id')
    const kept = await client.query('SELECT tags, token_expires_at, is_active FROM connections LIMIT 1')
    assert.deepEqual(arrived.rows, tokens)
    const [{ tags, token_expires_at: expiresAt, is_active: isActive }] = kept.rows
    assert.deepEqual([tags, expiresAt.toISOString(), isActive], [['vip'], '2030-01-01T00:00:00.000Z', true])

    const rotated = await aceElsewhere(target.environment, 'encryption:rotate', '--json')
    assert.equal(JSON.parse(rotated.stdout).unreadable, 0)
    assert.equal((await aceElsewhere(target.environment, 'token:refresh')).code, 0)
    const held = await client.query('SELECT quarantine_reason FROM installation')
    await client.end()
    assert.deepEqual(held.rows, [{ quarantine_reason: null }])
    assert.match((await source.ace('token:refresh')).stderr, /database:transfer/)

    const again = await aceElsewhere(target.environment, 'database:transfer', file)
    assert.equal(again.code, 2)
    assert.include(again.stderr, 'empty database')
  }).timeout(90_000)

  test('a copy that fails leaves the target empty, and may be repeated', async ({ assert, cleanup }) => {
    const { source, file } = await onSqlite((work) => cleanup(work))
    const target = await onPostgres((work) => cleanup(work), source)
    const client = new pg.Client({ connectionString: target.environment.DATABASE_URL })
    await client.connect()
    await client.query(`ALTER TABLE connections ADD CONSTRAINT no_bo CHECK (username <> 'bo')`)
    assert.equal((await target.ace('database:transfer', file)).code, 1)
    assert.equal((await client.query('SELECT id FROM organizations')).rowCount, 0)
    await client.query('ALTER TABLE connections DROP CONSTRAINT no_bo')
    await client.end()
    assert.equal((await aceElsewhere(target.environment, 'database:transfer', file)).code, 0)
  }).timeout(90_000)

  test('it begins only where it is safe, and says what to do', async ({ assert, cleanup }) => {
    const { source, file } = await onSqlite((work) => cleanup(work))
    const refused = async (installation: Installation, path: string, words: RegExp) => {
      const answer = await aceElsewhere(installation.environment, 'database:transfer', path)
      assert.equal(answer.code, 2)
      assert.match(answer.stderr, words)
    }
    await refused(source, file, /DB_CONNECTION=pg/)
    const target = await onPostgres((work) => cleanup(work), source)
    await refused(target, join(source.folder, 'nothing.sqlite3'), /no such file/)
    await refused(target, await source.write('other.sqlite3', ''), /no database of Evergrant/)
    const database = new Database(file)
    const name = database.prepare('SELECT name FROM adonis_schema ORDER BY id DESC LIMIT 1').pluck().get()
    database.prepare('UPDATE adonis_schema SET name = ? WHERE name = ?').run('another', name)
    await refused(target, file, /migration:run/)
    database.prepare('UPDATE adonis_schema SET name = ? WHERE name = ?').run(name, 'another')
    database
      .prepare(
        `INSERT INTO workers (id, host, boot_id, pid, role, started_at, beat_at) VALUES ('w', 'elsewhere', 'b', 1, 'web', 1, 1)`
      )
      .run()
    database.close()
    await refused(target, file, /Stop it first/)
    const forced = await aceElsewhere(target.environment, 'database:transfer', file, '--force')
    assert.equal(forced.code, 0)
  }).timeout(90_000)
})

test.group('The order of tables', () => {
  test('each stands behind those that it refers to; a table may refer to itself', ({ assert }) => {
    const references = [
      { child: 'b', parent: 'c' },
      { child: 'a', parent: 'b' },
      { child: 'a', parent: 'a' },
    ]
    assert.deepEqual(inOrder(['a', 'b', 'c', 'd'], references), ['c', 'd', 'b', 'a'])
    assert.throws(
      () =>
        inOrder(
          ['a', 'b'],
          [
            { child: 'a', parent: 'b' },
            { child: 'b', parent: 'a' },
          ]
        ),
      /circle/
    )
  })
})
