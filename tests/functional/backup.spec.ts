/** Backups: what makes them, and what says whether one could be restored here. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import Database from 'better-sqlite3'
import { test } from '@japa/runner'
import vaultConfig from '#config/vault'
import { Installation as Witness } from '#services/installation'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { emptyTables } from '#tests/helpers/database'
import { engineFixture, postgresUrl } from '#tests/helpers/engine_fixture'
import { aceHere, lendToCommands } from '#tests/helpers/in_process_ace'
import { Installation } from '#tests/helpers/installation'
import { aPerson } from '#tests/helpers/people'

const LINES = ['ana', 'bo', 'chi'].map((name) =>
  JSON.stringify({
    ...{ provider: 'twitch', owner: name, provider_account_id: `id-${name}`, username: name },
    ...{ access_token: `access-${name}`, refresh_token: `refresh-${name}` },
    token_expires_at: '2030-01-01T00:00:00Z',
  })
)
const DAY = 24 * 3_600_000

test.group('Backups of SQLite', (group) => {
  let folder: string
  group.each.setup(async () => {
    await emptyTables()
    folder = mkdtempSync(join(tmpdir(), 'backup-'))
    writeFileSync(join(folder, 'accounts.ndjson'), LINES.join('\n'))
    const imported = await aceHere('connection:import', join(folder, 'accounts.ndjson'))
    if (imported.code !== 0) throw new Error(imported.stderr)
    return () => rmSync(folder, { recursive: true })
  })

  const at = (name: string) => join(folder, name)
  const noted = async () => (await db.from('installation_facts').where('name', 'backup_check')).length

  /** A good backup that somebody has worked on since. */
  async function changed(...statements: string[]): Promise<string> {
    const file = at('backup.sqlite3')
    const { code, stderr } = await aceHere('database:backup', file)
    if (code !== 0) throw new Error(stderr)
    await db.from('installation_facts').delete()
    const database = new Database(file)
    for (const statement of statements) database.exec(statement)
    database.close()
    return file
  }

  test('a backup is one file for its owner alone, is checked, and replaces nothing', async ({
    assert,
    client,
  }) => {
    const file = at('backup.sqlite3')
    const made = await aceHere('database:backup', file)
    assert.equal(made.code, 0, made.stderr)
    assert.include(made.stdout, 'can be restored here: 3 accounts, and each of its 6 sealed values opens.')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(folder).sort(), ['accounts.ndjson', 'backup.sqlite3'])
    assert.notMatch(readFileSync(file, 'latin1'), /access-ana|refresh-ana/)

    const { user } = await aPerson('admin')
    const page = await client.get('/settings/data').loginAs(user)
    page.assertTextIncludes('backup.sqlite3 was checked')
    page.assertTextIncludes('3 accounts, and each of the 6 sealed values opens.')
    assert.notInclude(page.text(), folder)

    const before = readFileSync(file)
    const again = await aceHere('database:backup', file)
    assert.equal(again.code, 2)
    assert.include(again.stderr, 'replaces nothing')
    assert.deepEqual(readFileSync(file), before)
    assert.equal((await aceHere('database:backup', at('nowhere/backup.sqlite3'))).code, 2)
  })

  test('a check changes nothing in the file and leaves nothing beside it, whatever its journal', async ({
    assert,
  }) => {
    const file = await changed('PRAGMA journal_mode = WAL')
    const before = readFileSync(file)
    const checked = await aceHere('backup:check', file, '--json')
    assert.equal(checked.code, 0, checked.stderr)
    assert.deepInclude(JSON.parse(checked.stdout), { ok: true, tokens: 6, accounts: 3, behind: 0 })
    assert.deepEqual(readFileSync(file), before)
    assert.deepEqual(readdirSync(folder).sort(), ['accounts.ndjson', 'backup.sqlite3'])
    assert.equal(await noted(), 1)
  })

  const OTHER_KEY = `INSERT INTO encryption_keys (id, check_value, created_at) VALUES ('k9', 'v1:k9:a:b:c', 1)`
  const cases: [string, string, RegExp][] = [
    ['a key in use is not in ENCRYPTION_KEYS', OTHER_KEY, /no longer has the key "k9"/],
    [
      'one token is sealed under a key that nobody has',
      `UPDATE connections SET refresh_token = replace(refresh_token, 'v1:k1:', 'v1:k9:') WHERE username = 'bo'`,
      /1 sealed values do not open \(unknown_key\)/,
    ],
    [
      'the tokens of two accounts were exchanged',
      `UPDATE connections SET access_token =
         (SELECT access_token FROM connections WHERE username = 'ana') WHERE username = 'bo'`,
      /1 sealed values do not open \(tampered\)/,
    ],
    [
      'a newer version made it',
      `INSERT INTO adonis_schema (name, batch, migration_time) VALUES ('database/migrations/999_x', 9, 0)`,
      /a newer version of Evergrant made it, with database\/migrations\/999_x/,
    ],
    ['it has no migrations', 'DROP TABLE adonis_schema', /no database of Evergrant/],
  ]
  for (const [name, statement, sentence] of cases) {
    test(`it cannot be restored, with 3, where ${name}`, async ({ assert }) => {
      const checked = await aceHere('backup:check', await changed(statement))
      assert.equal(checked.code, 3)
      assert.match(checked.stdout, sentence)
      assert.equal(await noted(), 0)
    })
  }

  test('one of an older version can be restored, and what runs then is told', async ({ assert }) => {
    const file = await changed(
      `DELETE FROM adonis_schema WHERE name LIKE '%/033_%'`,
      'DROP TABLE setup_tokens; DROP TABLE installation_facts; DROP TABLE two_factors'
    )
    const checked = await aceHere('backup:check', file)
    assert.equal(checked.code, 0, checked.stdout)
    assert.include(checked.stdout, '1 newer migrations run at its first start.')
  })

  test('damage, another kind of file and none at all are told apart', async ({ assert }) => {
    const file = await changed()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4_096 * 3, 4_096 * 12)
    writeFileSync(at('damaged.sqlite3'), bytes)
    writeFileSync(at('cut.sqlite3'), readFileSync(file).subarray(0, 4_096 * 5))
    for (const name of ['damaged.sqlite3', 'cut.sqlite3']) {
      const checked = await aceHere('backup:check', at(name))
      assert.equal(checked.code, 3)
      assert.include(checked.stdout, 'this file is damaged')
    }
    const text = await aceHere('backup:check', at('accounts.ndjson'))
    assert.equal(text.code, 3)
    assert.include(text.stdout, 'no database of Evergrant')
    const absent = await aceHere('backup:check', at('absent.sqlite3'))
    assert.equal(absent.code, 2)
    assert.isFalse(existsSync(at('absent.sqlite3')))
    assert.equal(await noted(), 0)
  })

  test('what is restored from it starts in quarantine', async ({ assert, cleanup }) => {
    const engine = await app.container.make('engine')
    await engine.installation.check()
    const file = await changed()
    const driver = openSqliteDriver(file, systemClock)
    cleanup(() => driver.close())
    assert.match((await new Witness(driver, `${file}.witness`).check()) ?? '', /witness/)
  })

  test('the page and the doctor ask for a backup where none was checked for a week', async ({
    assert,
    client,
  }) => {
    const { user } = await aPerson('admin')
    const finding = async () => {
      const { findings } = JSON.parse((await aceHere('doctor', '--json')).stdout)
      return findings.find(({ check }: { check: string }) => check === 'backup')
    }
    assert.deepInclude(await finding(), { level: 'warning', code: 'backup_never' })
    const page = () => client.get('/settings/data').loginAs(user)
    ;(await page()).assertTextIncludes('No backup was checked yet.')

    await aceHere('database:backup', at('backup.sqlite3'))
    assert.deepInclude(await finding(), { level: 'ok', code: 'backup_fine' })
    assert.notInclude((await page()).text(), 'more than a week ago')

    await db.from('installation_facts').update({ noted_at: Date.now() - 8 * DAY })
    assert.deepInclude(await finding(), { level: 'warning', code: 'backup_old', values: { days: 8 } })
    ;(await page()).assertTextIncludes('That is more than a week ago')
  })
})

test.group('Backups of PostgreSQL', (group) => {
  group.each.skip(!postgresUrl, 'no PostgreSQL at TEST_DATABASE_URL')

  test('the restored database is checked, and pg_dump is named', async ({ assert, cleanup }) => {
    const later = (work: () => Promise<void>) => cleanup(work)
    const restored = await Installation.create(later, {
      dialect: 'postgres',
      environment: { ENCRYPTION_KEYS: vaultConfig.keys.release() },
    })
    await restored.migrate()
    const lines = await restored.write('accounts.ndjson', LINES.join('\n'))
    assert.equal((await restored.ace('connection:import', lines)).code, 0)
    const name = new URL(restored.environment.DATABASE_URL).pathname.slice(1)

    const { engine } = await engineFixture('postgres', later)
    await lendToCommands(later, 'postgres', engine)
    const backup = await aceHere('database:backup', 'evergrant.dump')
    assert.equal(backup.code, 2)
    assert.include(backup.stderr, 'pg_dump --format=custom')

    const checked = await aceHere('backup:check', name)
    assert.equal(checked.code, 0, checked.stdout)
    assert.include(checked.stdout, '3 accounts, and each of its 6 sealed values opens.')
    const facts = await db.connection('test_pg').from('installation_facts').select('name', 'fact')
    assert.deepEqual(facts, [{ name: 'backup_check', fact: { name, tokens: 6, accounts: 3, bytes: null } }])

    const own = new URL(postgresUrl ?? '').pathname.slice(1)
    const refusals = {
      [own]: /the application works with/,
      'no_such_database_at_all': /There is no such database/,
      '../etc/passwd': /Name a database of the same server/,
    }
    for (const [asked, sentence] of Object.entries(refusals)) {
      const refused = await aceHere('backup:check', asked)
      assert.equal(refused.code, 2, asked)
      assert.match(refused.stderr, sentence)
    }
  }).timeout(120_000)
})
