/** Order and pages of the list of accounts, on both databases. */
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { AccountFilter } from '#services/account_list'
import { healthExpression } from '#services/account_list'
import { accountPage, PAGE_SIZE } from '#services/account_page'
import { decodePlace } from '#services/account_place'
import { readSort, SORT_KEYS } from '#services/account_sort'
import { attemptStrips } from '#services/account_strips'
import { healthCounts } from '#services/health_counts'
import { loadProviderFacts } from '#services/load_provider_facts'
import type Connection from '#models/connection'
import { uuid } from '#models/uuid'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { aConnection, aPerson } from '#tests/helpers/people'
import { useDatabase } from '#tests/helpers/use_database'

const EVERYTHING: AccountFilter = {
  ...{ health: null, provider: null, q: null, problem: null },
  search: { terms: [], words: [] },
}

/** All ids in the order of the list, a page at a time, and once more from the end to the begin. */
async function walk(organizationId: string, text: string) {
  const sort = readSort(text)!
  const health = healthExpression(await loadProviderFacts(organizationId), Date.now())
  const counts = await healthCounts(organizationId, EVERYTHING, health)
  const base = { organizationId, filter: EVERYTHING, sort, health, counts }
  const forth: string[][] = []
  let page = await accountPage({ ...base, place: null })
  for (;;) {
    forth.push(page.ids)
    if (!page.next) break
    page = await accountPage({ ...base, place: decodePlace(page.next, sort) })
  }
  const back = [page.ids]
  while (page.previous) {
    page = await accountPage({ ...base, place: decodePlace(page.previous, sort) })
    back.unshift(page.ids)
  }
  return { forth, back }
}

/** Accounts among which every column has equal, different and missing values. */
async function manyAccounts(count: number) {
  const { organization } = await aPerson()
  const base = DateTime.utc()
  for (let index = 0; index < count; index++) {
    const soon = base.plus({ minutes: index % 7 })
    await aConnection(organization, {
      displayName: index % 5 === 0 ? null : `Name ${index % 11}`,
      provider: ['twitch', 'google', 'github'][index % 3],
      tokenExpiresAt: index % 4 === 0 ? null : soon,
      grantExpiresAt: index % 6 === 0 ? soon : null,
      lastTokenRefreshAt: index % 8 === 0 ? null : base.minus({ minutes: index % 9 }),
      nextRefreshAt: index % 10 === 0 ? null : soon,
      pausedAt: index % 12 === 0 ? base : null,
      ...(index % 13 === 0 ? { status: 'needs_reauth', isActive: false } : {}),
      createdAt: base.minus({ minutes: index % 17 }),
    })
  }
  return organization
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`The order of the list (${dialect})`, (group) => {
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.timeout(30_000)

    test('every sort, either way round, has each account once, forth and back', async (context) => {
      await useDatabase(dialect, context)
      const { assert } = context
      const total = 2 * PAGE_SIZE + 17
      const organization = await manyAccounts(total)
      for (const key of SORT_KEYS.flatMap((one) => [one, `-${one}`])) {
        const { forth, back } = await walk(organization.id, key)
        assert.lengthOf(new Set(forth.flat()), total, key)
        assert.deepEqual(
          forth.map((page) => page.length),
          [PAGE_SIZE, PAGE_SIZE, 17],
          key
        )
        assert.deepEqual(back, forth, key)
      }
    })

    test('accounts without the instant come last either way', async (context) => {
      await useDatabase(dialect, context)
      const { assert } = context
      const { organization } = await aPerson()
      const at = (minutes: number) => DateTime.utc().plus({ minutes })
      const late = await aConnection(organization, { grantExpiresAt: at(9) })
      const none = await aConnection(organization, { grantExpiresAt: null })
      const early = await aConnection(organization, { grantExpiresAt: at(1) })
      const order = async (sort: string) => (await walk(organization.id, sort)).forth.flat()
      assert.deepEqual(await order('deadline'), [early.id, late.id, none.id])
      assert.deepEqual(await order('-deadline'), [late.id, early.id, none.id])
    })

    test('by status the most severe come first, and by name capitals do not matter', async (context) => {
      await useDatabase(dialect, context)
      const { assert } = context
      const { organization } = await aPerson()
      const healthy = await aConnection(organization, { displayName: 'alba' })
      const paused = await aConnection(organization, { displayName: 'Bea', pausedAt: DateTime.utc() })
      const dead = await aConnection(organization, { displayName: 'ANA', status: 'needs_reauth' })
      const order = async (sort: string) => (await walk(organization.id, sort)).forth.flat()
      assert.deepEqual(await order('status'), [dead.id, paused.id, healthy.id])
      assert.deepEqual(await order('-status'), [healthy.id, paused.id, dead.id])
      assert.deepEqual(await order('name'), [healthy.id, dead.id, paused.id])
    })

    test('the strip has the last thirty real ones of each account, oldest first', async (context) => {
      await useDatabase(dialect, context)
      const { assert } = context
      const { organization } = await aPerson()
      const [long, short, none] = [
        await aConnection(organization),
        await aConnection(organization),
        await aConnection(organization),
      ]
      const attempt = (connection: Connection, minutes: number, values: object = {}) =>
        RefreshAttemptFactory.merge({
          ...{ id: uuid(), organizationId: organization.id, connectionId: connection.id },
          createdAt: DateTime.utc().minus({ minutes }),
          ...values,
        }).create()
      for (let minutes = 40; minutes > 0; minutes--) await attempt(long, minutes)
      await attempt(long, 0, { kind: 'test', outcome: 'failed' })
      await attempt(short, 2, { outcome: 'failed', failureClass: 'rejected' })
      const strips = await attemptStrips([long.id, short.id, none.id])
      const times = strips.get(long.id)!.map(({ at }) => at)
      assert.lengthOf(times, 30)
      assert.deepEqual(times, times.toSorted())
      assert.isTrue(strips.get(long.id)!.every(({ outcome }) => outcome === 'success'))
      assert.containSubset(strips.get(short.id), [{ outcome: 'failed', failureClass: 'rejected' }])
      assert.deepEqual(strips.get(none.id), [])
    })
  })
}

test.group('A place in the list', () => {
  test('a place of another sort, or one that somebody wrote, is the first page', ({ assert }) => {
    const sort = readSort('expires')!
    const place = (parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const id = uuid()
    assert.isNotNull(decodePlace(place(['next', 'expires', 1, id]), sort))
    for (const wrong of [
      place(['next', '-expires', 1, id]),
      place(['next', 'expires', '1', id]),
      place(['next', 'expires', 1e300, id]),
      place(['next', 'expires', 1, "' OR 1=1"]),
      place(['up', 'expires', 1, id]),
      place(['next', 'expires', 1]),
      'nonsense',
      ['x'],
      null,
    ])
      assert.isNull(decodePlace(wrong, sort), String(wrong))
  })
})
