/**
 * What an operator can get wrong before a start: each is told in one sentence, ends with 1 and changes nothing.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import Database from 'better-sqlite3'
import { ace, FOLDER, freePort, migrated, endWhatIsLeft, serve, type Ended } from '#tests/helpers/processes'

type Environment = Awaited<ReturnType<typeof migrated>>

/** Each table with its rows, as text. */
function contents(env: Environment): string {
  const database = new Database(env.DATABASE_URL.replace('sqlite:', ''), { readonly: true })
  const tables = database.prepare<[], { name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`)
  const rows = tables.all().map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()])
  database.close()
  return JSON.stringify(rows)
}

/** A database that has been in use under the key k1. */
async function usedInstallation(): Promise<Environment> {
  const env = await migrated()
  const server = serve(env)
  await server.saw(/Set up +\S+/)
  await server.stop('SIGTERM')
  return env
}

test.group('Start failures', (group) => {
  let installation: Environment

  group.setup(async () => {
    installation = await usedInstallation()
  })
  group.each.teardown(() => {
    const left = endWhatIsLeft()
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  })
  group.teardown(() => rmSync(FOLDER, { recursive: true, force: true }))

  const tryWith = (values: Environment): Promise<Ended> => serve({ ...installation, ...values }).ended

  const CASES: { name: string; values: () => Environment; sentence: RegExp }[] = [
    {
      name: 'a key with other bytes under a known id',
      values: () => ({ ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 2).toString('base64')}` }),
      sentence: /the key "k1" in ENCRYPTION_KEYS is not the one that this database was sealed with/,
    },
    {
      name: 'a key ring without a key that is in use',
      values: () => ({ ENCRYPTION_KEYS: `k2:${Buffer.alloc(32, 2).toString('base64')}` }),
      sentence: /ENCRYPTION_KEYS no longer has the key "k1"/,
    },
    {
      name: 'a key of the wrong length',
      values: () => ({ ENCRYPTION_KEYS: 'k1:c2hvcnQ=' }),
      sentence: /Key number 1 in ENCRYPTION_KEYS \("k1"\) is not 32 bytes in base64/,
    },
    {
      name: 'no key at all',
      values: () => ({ ENCRYPTION_KEYS: '' }),
      sentence: /the environment is not valid[^]*ENCRYPTION_KEYS/,
    },
    {
      name: 'a duration without a unit that exists',
      values: () => ({ TOKEN_REFRESH_STRIKE_RETRY: 'soon' }),
      sentence: /TOKEN_REFRESH_STRIKE_RETRY must be a duration such as 500ms/,
    },
    {
      name: 'a proxy that is no address',
      values: () => ({ TRUSTED_PROXIES: '10.0.0.0/8, nginx' }),
      sentence: /TRUSTED_PROXIES must be addresses or ranges separated by commas.*"nginx" is none/,
    },
    {
      name: 'a providers file that is not there',
      values: () => ({ PROVIDERS_FILE: join(FOLDER, 'none.json') }),
      sentence: /none\.json does not exist; correct PROVIDERS_FILE/,
    },
    {
      name: 'a providers file with a field that does not exist',
      values: () => ({ PROVIDERS_FILE: file('field.json', '{ "twitch": { "tokenendpoint": "x" } }') }),
      sentence: /tokenendpoint/,
    },
    {
      name: 'a database file whose folder does not exist',
      values: () => ({ DATABASE_URL: `sqlite:${join(FOLDER, 'absent/a.sqlite3')}` }),
      sentence: /the database file cannot be opened/,
    },
    {
      name: 'a database without tables',
      values: () => ({ DATABASE_URL: `sqlite:${join(FOLDER, 'empty.sqlite3')}` }),
      sentence: /the database has no tables yet\. Run "node ace migration:run"/,
    },
    {
      name: 'a file that is no database',
      values: () => ({ DATABASE_URL: `sqlite:${file('letter.sqlite3', 'Dear reader, this is a letter.')}` }),
      sentence: /the file that DATABASE_URL names is not a database/,
    },
  ]

  for (const { name, values, sentence } of CASES) {
    test(`${name} is told in a sentence and changes nothing`, async ({ assert }) => {
      const before = contents(installation)
      const ended = await tryWith(values())
      assertSentence(assert, ended, sentence)
      assert.equal(contents(installation), before)
    })
  }

  for (const host of ['127.0.0.1', 'localhost']) {
    test(`a PostgreSQL that does not answer at ${host} is told in a sentence`, async ({ assert }) => {
      const database = { DB_CONNECTION: 'pg', DATABASE_URL: `postgres://u:p@${host}:${await freePort()}/x` }
      const sentence = /the database does not answer \(connect ECONNREFUSED .*\)\. Check that it runs/
      assertSentence(assert, await tryWith(database), sentence)
      if (host !== 'localhost') return
      // The one with several addresses is the harder one to tell.
      assertSentence(assert, await ace(['connection:list'], { ...installation, ...database }).ended, sentence)
    })
  }

  test('a port that is taken is told in a sentence', async ({ assert }) => {
    const other = createServer().listen(Number(installation.PORT), '127.0.0.1')
    await once(other, 'listening')
    const ended = await tryWith({})
    other.close()
    assertSentence(assert, ended, /another program uses this port\. Stop it, or set PORT/)
  })

  test('after a failure the right settings start it again', async ({ assert }) => {
    const server = serve(installation)
    await server.saw(/Sign in/)
    assert.equal((await server.stop('SIGTERM')).code, 0)
    assert.isFalse(existsSync(join(FOLDER, 'absent')))
    assert.notInclude(readdirSync(FOLDER).join(), 'core')
  })
})

function file(name: string, text: string): string {
  writeFileSync(join(FOLDER, name), text)
  return join(FOLDER, name)
}

/** One sentence on stderr that says what to do, exit code 1, and no stack for the operator to wade through. */
function assertSentence(assert: Assert, { code, stderr }: Ended, sentence: RegExp): void {
  assert.equal(code, 1, stderr)
  assert.match(stderr, sentence)
  assert.notMatch(stderr, /^\s+(at|⁃ at) /m)
  assert.isAtMost(stderr.trim().split('\n').length, 3, stderr)
}
