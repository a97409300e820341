/** What a page of the list asks of the database: the same work, however many accounts there are. */
import db from '@adonisjs/lucid/services/db'
import type { Assert } from '@japa/assert'
import type { ApiClient } from '@japa/api-client'
import { test } from '@japa/runner'
import { toInstant } from '#models/columns'
import type Organization from '#models/organization'
import type User from '#models/user'
import { uuid } from '#models/uuid'
import { SORT_KEYS } from '#services/account_sort'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { aPerson } from '#tests/helpers/people'
import { planOf, statementsOf, type Statement } from '#tests/helpers/statements'
import { useDatabase } from '#tests/helpers/use_database'

const FEW = 100
const MANY = 5_000
const AT_ONCE = 100
const HOUR = 3_600_000
const HEALTHY = { status: 'connected', is_active: true, error_code: null }
/** By severity the words of health are walked until the page is full, so that few accounts can need more of them. */
const SORTED = SORT_KEYS.filter((key) => key !== 'status')

/** Accounts with three refreshes each; every fortieth waits for a person. */
async function fill({ id: organizationId }: Organization, count: number) {
  const now = Date.now()
  const at = (hours: number) => toInstant(Math.round(now + hours * HOUR))
  const account = (index: number) => ({
    ...{ id: uuid(now - index), organization_id: organizationId, owner: `owner-${index % 977}` },
    ...{ provider: ['twitch', 'google', 'github'][index % 3], provider_account_id: `account-${index}` },
    ...{
      display_name: `Person ${(index * 7919) % 5003}`,
      tags: `["vip","group-${index % 40}"]`,
      scopes: '["read"]',
    },
    ...{
      refresh_token: 'sealed',
      token_type: 'oauth2',
      token_expires_at: at(1 + (index % 50)),
      next_refresh_at: at(1 + (index % 40)),
    },
    ...{ last_token_refresh_at: at(-1 - (index % 60)), grant_expires_at: index % 3 ? null : at(24 + index) },
    ...(index % 40 ? HEALTHY : { status: 'needs_reauth', is_active: false, error_code: 'invalid_grant' }),
    ...{ connected_at: at(-100), created_at: at(-index / 100), updated_at: at(0) },
  })
  const attempt = (connection: { id: string; provider: string }, turn: number) => ({
    ...{ id: uuid(), organization_id: organizationId, connection_id: connection.id },
    ...{ provider: connection.provider, kind: 'scheduled', outcome: 'success', duration_ms: 90 },
    created_at: at(-turn),
  })
  for (let from = 0; from < count; from += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, (_, index) => account(from + index))
    await db.table('connections').multiInsert(rows)
    await db
      .table('refresh_attempts')
      .multiInsert(rows.flatMap((row) => [1, 2, 3].map((turn) => attempt(row, turn))))
  }
}

/** Reads a page as a person does, and tells what that asked of accounts and their refreshes. */
async function asked(client: ApiClient, user: User, path: string) {
  let text = ''
  const all = await statementsOf(async () => void (text = (await client.get(path).loginAs(user)).text()))
  const statements = all.filter(
    // Where no account has a parent, Lucid asks for none: `where 1 = 0`.
    ({ sql }) => /\b(connections|refresh_attempts)\b/.test(sql) && !/where 1 = \S+$/.test(sql)
  )
  // Answers that were costly are used again for a while, so these may be missing.
  const counting = statements.filter(({ sql }) => /\bcount\(/i.test(sql))
  return { text, counting, statements: statements.filter((one) => !counting.includes(one)) }
}

const nextOf = (text: string) => /href="([^"]*cursor=[^"]*)"/.exec(text)![1].replaceAll('&amp;', '&')
const isListing = ({ sql }: Statement) => /order by .* limit (\?|\$\d+)$/i.test(sql)
const sortedBy = (key: string) => `/accounts?sort=${key}`
const found = (text: string) => `/accounts?q=${encodeURIComponent(text)}`

const SEARCHES = [
  'provider:google',
  'status:reconnect',
  'expires:<9h',
  'grant:<14d',
  'tag:group-7',
  'owner:owner-77',
  'error:invalid_grant',
  'scope:read',
  'Person',
]
/** PostgreSQL sorts a table by these as fast as an index would; SQLite has one that holds them all. */
const TIMES = ['expires', 'deadline', 'last', 'next']
const IN_ORDER = ['added', '-added', 'name', '-name', 'provider', '-provider']

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`The work for a page of the list (${dialect})`, (group) => {
    let [few, many]: User[] = []
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.timeout(60_000)
    // The tests only read, so that one filling serves them all: it costs more than any of them.
    const undo: (() => unknown)[] = []
    group.setup(async () => {
      if (dialect === 'postgres' && !postgresUrl) return
      await useDatabase(dialect, { cleanup: (work) => void undo.unshift(work) })
      const people = [await aPerson(), await aPerson()]
      await fill(people[0].organization, FEW)
      await fill(people[1].organization, MANY)
      if (dialect === 'postgres') await db.rawQuery('ANALYZE connections, refresh_attempts')
      ;[few, many] = people.map(({ user }) => user)
    })
    group.teardown(async () => {
      for (const work of undo) await work()
    })

    test('a page asks as much of 100 accounts as of 5,000, whatever its order, search or place', async ({
      client,
      assert,
    }) => {
      for (const path of ['/accounts', ...SORTED.map(sortedBy), ...SEARCHES.map(found)]) {
        const [little, much] = [await asked(client, few, path), await asked(client, many, path)]
        assert.equal(much.statements.length, little.statements.length, path)
        assert.isAtMost(much.counting.length, 3, path)
      }
      const first = await asked(client, many, '/accounts')
      const further = await asked(client, many, nextOf(first.text))
      assert.equal(further.statements.length, first.statements.length)
    })

    test('an order that an index has is read from it, up to the end of the page', async ({
      client,
      assert,
    }) => {
      for (const key of IN_ORDER) {
        const page = await asked(client, many, sortedBy(key))
        const further = await asked(client, many, nextOf(page.text))
        for (const one of [...page.statements, ...further.statements].filter(isListing))
          await assertInOrder(assert, one)
      }
    })

    test('accounts are read by their ids, and the refreshes of each by its own', async ({
      client,
      assert,
    }) => {
      const { statements } = await asked(client, many, '/accounts')
      const rest = statements.filter((one) => !isListing(one))
      assert.isAtLeast(rest.length, 2)
      for (const one of rest) {
        const plan = await planOf(one)
        assert.notMatch(plan, /SCAN (connections|attempt|beginning)|Seq Scan|organization_id/, plan)
      }
    })

    // What follows PostgreSQL decides by its statistics: it may read all that match and sort them.
    if (dialect === 'postgres') return

    test('a search, and a word of health, is read in the order of the list up to the end of the page', async ({
      client,
      assert,
    }) => {
      for (const path of [...SEARCHES.map(found), sortedBy('status'), sortedBy('-status')])
        for (const one of (await asked(client, many, path)).statements.filter(isListing))
          await assertInOrder(assert, one)
    })

    test('an order by a time reads one index, and no account', async ({ client, assert }) => {
      for (const key of TIMES) {
        const [listing] = (await asked(client, many, sortedBy(key))).statements.filter(isListing)
        assert.match(await planOf(listing), /SEARCH connections USING COVERING INDEX connections_times_index/)
      }
    })
  })
}

/** That a statement follows an index and stops where the page is full. */
async function assertInOrder(assert: Assert, statement: Statement) {
  const plan = await planOf(statement)
  const said = `${statement.sql}\n${plan}`
  assert.match(plan, /SEARCH connections USING (COVERING )?INDEX|Index (Only )?Scan/, said)
  assert.notMatch(plan, /SCAN connections|TEMP B-TREE|Seq Scan on connections\b(?! parent)|\bSort\b/, said)
}
