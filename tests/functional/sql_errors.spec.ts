/** What a failing statement tells: never the values that it was given, nor those of the row that stood in its way. */
import { rmSync } from 'node:fs'
import { inspect } from 'node:util'
import logger from '@adonisjs/core/services/logger'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import Run from '#models/run'
import { brokeOff, RunRecord } from '#services/run_record'
import { openSqliteDriver } from '#store/sqlite_driver'
import { openPostgresDriver } from '#store/postgres_driver'
import { emptyTables } from '#tests/helpers/database'
import { signInForm } from '#tests/helpers/door'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { Installation } from '#tests/helpers/installation'
import { migrate, withLucid } from '#tests/helpers/lucid_connection'
import { aPerson } from '#tests/helpers/people'
import { endWhatIsLeft, FOLDER, migrated, serve, ace } from '#tests/helpers/processes'
import { systemClock } from '#services/system_clock'

const CANARY = 'canary-of-a-value'
const DIALECTS = ['sqlite', 'postgres'] as const
const offered = DIALECTS.filter((dialect) => dialect === 'sqlite' || postgresUrl)

/** Everything that a log, a terminal or a page could ever show of an error. */
const told = (error: unknown) => inspect(error, { depth: 9, showHidden: true }) + String(error)

const refused = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => null,
    (error: unknown) => error
  )

test.group('Errors of SQL', (group) => {
  group.each.timeout(180_000)
  group.teardown(() => {
    endWhatIsLeft()
    rmSync(FOLDER, { recursive: true, force: true })
  })

  for (const dialect of offered) {
    test(`hold no value of their statement [${dialect}]`, async ({ assert, cleanup }) => {
      const installation = await Installation.create((work) => cleanup(work), { dialect })
      await migrate(installation.environment.DATABASE_URL)
      const found = await withLucid(installation.environment.DATABASE_URL, async (name) => {
        const connection = db.connection(name)
        const row = { key: CANARY, value: CANARY }
        const first = await refused(connection.from('nowhere').where('state', CANARY))
        await connection.rawQuery('CREATE TABLE twice (key text primary key, value text not null)')
        await connection.table('twice').insert(row)
        const errors = [
          first,
          await refused(connection.table('twice').insert(row)),
          await refused(connection.table('twice').insert({ key: `${CANARY} 2`, value: null })),
          await refused(connection.transaction((trx) => trx.table('twice').insert(row))),
        ]
        if (dialect === 'postgres') {
          errors.push(await refused(connection.from('runs').where('id', CANARY)))
          errors.push(await refused(connection.rawQuery(`SELECT ?::json`, [`{"${CANARY}`])))
        }
        return errors
      })
      for (const error of found) {
        assert.instanceOf(error, Error)
        assert.notInclude(told(error), CANARY)
        assert.match(told(error), /twice|nowhere|SQLSTATE 22P02/)
      }
    })

    test(`hold no value of the store's statements [${dialect}]`, async ({ assert, cleanup }) => {
      const installation = await Installation.create((work) => cleanup(work), { dialect })
      await migrate(installation.environment.DATABASE_URL)
      const url = installation.environment.DATABASE_URL
      const driver =
        dialect === 'sqlite' ? openSqliteDriver(url.slice(7), systemClock) : openPostgresDriver(url)
      cleanup(() => driver.close())
      const put = `INSERT INTO organizations (id, name, slug, created_at) VALUES (?, ?, ?, ?t)`
      const values = ['00000000-0000-7000-8000-00000000000a', CANARY, CANARY, 0]
      const insert = () =>
        driver.transaction(function* () {
          return yield { ask: 'count', sql: put, values }
        })
      await insert()
      const errors = [await refused(insert())]
      errors.push(await refused(driver.read('SELECT * FROM nowhere WHERE a = ?', [CANARY])))
      if (dialect === 'postgres') {
        errors.push(await refused(driver.read('SELECT * FROM runs WHERE id = ?', [CANARY])))
      }
      for (const error of errors) {
        assert.instanceOf(error, Error)
        assert.notInclude(told(error), CANARY)
      }
    })
  }

  test('reach neither log, nor answer, nor terminal', async ({ assert }) => {
    const env = await migrated()
    const server = serve(env)
    await server.saw(/Sign in/)
    const form = await signInForm(env.APP_URL)
    const database = new Database(env.DATABASE_URL.replace('sqlite:', ''))
    database.exec('PRAGMA legacy_alter_table = ON; ALTER TABLE users RENAME TO users_away')
    database.exec('ALTER TABLE connections RENAME COLUMN owner TO owner_away')
    database.close()
    const failed = await form.send(`${CANARY}@example.com`, CANARY)
    assert.equal(failed.status, 500)
    const command = await ace(['connection:list', `--owner=${CANARY}`], env).ended
    const { stdout, stderr } = await server.stop('SIGTERM')
    assert.notEqual(command.code, 0)
    const answer = await failed.text()
    for (const text of [answer, stdout, stderr, command.stdout, command.stderr])
      assert.notInclude(text, CANARY)
    assert.include(stdout, 'no such table')
    assert.include(command.stdout + command.stderr, 'no such column')
  })
})

test.group('Runs that break off', (group) => {
  group.each.setup(() => emptyTables())

  test('keep the kind of error and where its details are, and the log gets the error', async ({
    assert,
    cleanup,
  }) => {
    const { organization } = await aPerson()
    const heading = { organizationId: organization.id, job: 'a', kind: 'manual', trigger: 'command' } as const
    const record = await RunRecord.begin({ ...heading, selection: {} })
    const logged: unknown[][] = []
    const { error: log } = logger
    logger.error = ((...values: unknown[]) => void logged.push(values)) as typeof log
    cleanup(() => void (logger.error = log))
    const error = Object.assign(new TypeError(`owner ${CANARY}`), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
    await record?.fail({ total: 0, refreshed: 0, failed: 0, skipped: 0 }, error)
    const run = await Run.findOrFail(record?.id)
    assert.equal(run.state, 'failed')
    assert.equal(
      run.error,
      `The run broke off (TypeError, SQLITE_CONSTRAINT_UNIQUE). The log has the details under run ${run.id}.`
    )
    assert.deepEqual(logged, [[{ err: error, run: run.id }, 'A run broke off']])
  })

  test('are told without what is no code and no error', ({ assert }) => {
    assert.include(brokeOff(Object.assign(new Error('a'), { code: `x ${CANARY}` }), 'r'), '(Error)')
    assert.include(brokeOff(CANARY, 'r'), '(string)')
    assert.include(brokeOff(undefined, 'r'), '(undefined)')
  })
})
