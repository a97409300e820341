/**
 * Walks over every route as everybody: nobody, five roles of the organization whose things are asked for, the same roles
 * of another one, and API keys of both. What each gets follows from one table; a route without a row fails. A new route
 * needs a row in `tests/helpers/crawl/page_table.ts` or `api_table.ts`.
 */
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import limiter from '@adonisjs/limiter/services/main'
import db from '@adonisjs/lucid/services/db'
import { ROLES, type Role } from '#models/membership'
import { ABILITIES, ALL, type Granted } from '#services/api_keys/abilities'
import { anApiCaller, callApi } from '#tests/helpers/api_caller'
import { addressIn, addressOfNothing, allRoutes, leaksOf } from '#tests/helpers/crawl/addresses'
import { CALLS, type ApiRow } from '#tests/helpers/crawl/api_table'
import { PAGES, type PageRow } from '#tests/helpers/crawl/page_table'
import { Tenant, type Kind } from '#tests/helpers/crawl/tenant'
import { emptyTables } from '#tests/helpers/database'

/** Ids of ours, behind these words. */
const ASKED_BY_FILTER: readonly { path: string; kind: Kind; role?: Role }[] = [
  { path: '/audit?target=', kind: 'connection' },
  { path: '/audit/export?target=', kind: 'connection' },
  { path: '/activity?connection=', kind: 'connection' },
  { path: '/accounts?q=', kind: 'connection' },
  { path: '/accounts/export?q=', kind: 'connection' },
  { path: '/accounts/suggestions?q=', kind: 'connection' },
  { path: '/accounts/connect?reconnect=', kind: 'connection' },
  { path: '/accounts/bulk/tag?ids=', kind: 'connection' },
  { path: '/alerts/deliveries?channel=', kind: 'receiver' },
  { path: '/alerts/rules/new?for=organization&channel=', kind: 'receiver' },
  { path: '/runs?actor=', kind: 'master' },
]

interface Brought {
  pattern: string
  ids: Readonly<Record<string, Kind>>
  field: string
  kind: Kind
  /** Where it would stand if the form had been believed. */
  table: string
  column: string
}

const BROUGHT_BY_FORM: Brought[] = [
  {
    ...{ pattern: '/campaigns/:id/members', ids: { id: 'campaign' }, field: 'connectionId' },
    ...{ kind: 'connection', table: 'campaign_members', column: 'connection_id' },
  },
  {
    ...{ pattern: '/campaigns/:id/game-masters', ids: { id: 'campaign' }, field: 'userId' },
    ...{ kind: 'master', table: 'campaign_game_masters', column: 'user_id' },
  },
  {
    ...{ pattern: '/alerts/rules', ids: {}, field: 'channels[]' },
    ...{ kind: 'receiver', table: 'notification_rules', column: 'channels' },
  },
  {
    ...{ pattern: '/alerts/rules/:id', ids: { id: 'rule' }, field: 'channels[]' },
    ...{ kind: 'receiver', table: 'notification_rules', column: 'channels' },
  },
]

interface AskedByKey {
  route: string
  kind: Kind
  query?: (id: string) => string
  body?: (id: string) => unknown
}

const ASKED_BY_KEY: AskedByKey[] = [
  {
    ...{ route: 'POST /api/v1/tokens/validate', kind: 'token' },
    body: (id) => ({ connection_ids: [id], auto_refresh: true }),
  },
  { route: 'POST /api/v1/connections/refresh', kind: 'connection', body: (id) => ({ ids: [id] }) },
  {
    ...{ route: 'POST /api/v1/campaigns/:id/members', kind: 'connection' },
    body: (id) => ({ connection_id: id }),
  },
  { route: 'GET /api/v1/connections', kind: 'connection', query: (id) => `q=${id}` },
  { route: 'GET /api/v1/refresh-attempts', kind: 'connection', query: (id) => `connection_id=${id}` },
  { route: 'GET /api/v1/runs', kind: 'run', query: (id) => `cursor=${id}` },
]

const split = (route: string) => route.split(' ') as [string, string]

test.group('Crawl | tables', () => {
  test('every route has a row, and every row a route', ({ assert }) => {
    const rows = [...Object.keys(PAGES), ...Object.keys(CALLS)]
    const routes = allRoutes()
    assert.deepEqual(
      {
        'routes without a row': routes.filter((route) => !rows.includes(route)),
        'rows without a route': rows.filter((row) => !routes.includes(row)),
      },
      { 'routes without a row': [], 'rows without a route': [] }
    )
  })
})

test.group('Crawl | pages', (group) => {
  let ours: Tenant
  let theirs: Tenant
  group.each.timeout(60_000)
  group.setup(async () => {
    await emptyTables()
    ours = await Tenant.create('ourmark')
    theirs = await Tenant.create('theirmark')
  })

  interface Asked {
    client: ApiClient
    route: string
    row: PageRow
    path: string
    asker: { tenant: Tenant; role: Role } | null
  }

  function ask({ client, route, row, path, asker }: Asked): Promise<ApiResponse> {
    const [method] = split(route)
    const address = row.query ? `${path}?${row.query}` : path
    const request = client.request(address, method).redirects(0).header('Accept', 'text/html')
    if (method !== 'GET') {
      request.withCsrfToken()
      request.form(row.form?.(ours, asker?.role ?? 'admin') ?? {})
    }
    return Promise.resolve(asker ? request.loginAs(asker.tenant.people[asker.role]) : request)
  }

  /** What the table says about an asker of the organization whose things the address names. */
  function expectedAtHome(route: string, row: PageRow, role: Role | null): number {
    const usual = split(route)[0] === 'GET' ? 200 : 303
    const ok = typeof row.ok === 'function' ? row.ok(role) : (row.ok ?? usual)
    if (row.open === 'anybody') return ok
    if (row.open === 'guests') return role === null ? ok : 302
    if (role === null) return 302
    if (!row.open.includes(role)) return 403
    return (row.may ?? row.open).includes(role) ? ok : (row.else ?? 403)
  }

  /** A stranger who may open such pages at home is told that the thing is not there. */
  function expectedOfStranger(route: string, row: PageRow, role: Role): number {
    const isForeign = row.ids !== undefined || row.isForeignByForm
    const opens = Array.isArray(row.open) && row.open.includes(role)
    return isForeign && opens ? (row.stranger ?? 404) : expectedAtHome(route, row, role)
  }

  for (const [route, row] of Object.entries(PAGES)) {
    test(route, async ({ client, assert }) => {
      const [, pattern] = split(route)
      const path = await addressIn(ours, pattern, row, 'admin')
      const found: Record<string, number> = {}
      const expected: Record<string, number> = {}
      found.nobody = (await ask({ client, route, row, path, asker: null })).status()
      expected.nobody = expectedAtHome(route, row, null)
      for (const role of ROLES) {
        // Who is refused for the role alone never gets as far as the thing.
        const opens = row.open === 'anybody' || row.open.includes(role)
        const own = opens ? await addressIn(ours, pattern, row, role) : path
        const answer = await ask({ client, route, row, path: own, asker: { tenant: ours, role } })
        found[role] = answer.status()
        expected[role] = expectedAtHome(route, row, role)
      }
      for (const role of ROLES) {
        const asker = { tenant: theirs, role }
        const opens = row.open === 'anybody' || row.open.includes(role)
        const foreign = opens ? await addressIn(ours, pattern, row, role) : path
        const answer = await ask({ client, route, row, path: foreign, asker })
        ours.tellIdsIn(foreign)
        found[`strange ${role}`] = answer.status()
        expected[`strange ${role}`] = expectedOfStranger(route, row, role)
        const said = `${answer.text()} ${answer.header('location')} ${JSON.stringify(answer.flashMessages())}`
        assert.deepEqual(leaksOf(ours, said, foreign), [], `${role} of another organization reads this`)
        if (row.ids === undefined || !opens) continue
        const nothing = await ask({ client, route, row, path: addressOfNothing(pattern, row), asker })
        assert.equal(nothing.status(), answer.status(), `${role}: what exists elsewhere answers otherwise`)
      }
      assert.deepEqual(found, expected)
      await db.from('users').update({ session_epoch: 0 })
    })
  }

  test('things of another organization are not found by a filter either: {path}')
    .with(
      ASKED_BY_FILTER.flatMap(({ path, kind, role }) => ({ path, kind, role: role ?? ('admin' as const) }))
    )
    .run(async ({ client, assert }, { path, kind, role }) => {
      const asked = path + (await ours.make(kind, role))
      const answer = await client.get(asked).loginAs(theirs.people[role]).redirects(0)
      ours.tellIdsIn(asked.replace('=', '/'))
      assert.isBelow(answer.status(), 500)
      assert.deepEqual(leaksOf(ours, answer.text(), asked), [])
    })

  test('a form cannot bring things of another organization in: {pattern} with {field}')
    .with(BROUGHT_BY_FORM)
    .run(async ({ client, assert }, { pattern, ids, field, kind, table, column }) => {
      const path = await addressIn(theirs, pattern, { ids }, 'admin')
      const foreign = await ours.make(kind, 'admin')
      const form = { name: 'Name', role: 'viewer', which: 'all', for: 'organization', [field]: foreign }
      const request = client.post(path).form(form).loginAs(theirs.people.admin).withCsrfToken()
      const answer = await request.redirects(0).header('Accept', 'text/html')
      assert.isBelow(answer.status(), 500)
      ours.ids.delete(foreign)
      assert.deepEqual(leaksOf(ours, answer.text(), path), [])
      const rows = await db.from(table).whereLike(column, `%${foreign}%`)
      assert.deepEqual(
        rows
          .filter(({ campaign_id: id }) => path.includes(id ?? 'none'))
          .concat(rows.filter(({ organization_id: id }) => id === theirs.organization.id)),
        []
      )
    })

  test('forms without their token are refused, whoever sends them', async ({ client, assert }) => {
    for (const [route, row] of Object.entries(PAGES)) {
      const [method, pattern] = split(route)
      if (method === 'GET') continue
      const role: Role = Array.isArray(row.open) ? (row.may ?? row.open)[0] : 'admin'
      const path = await addressIn(ours, pattern, row, role)
      const request = client.request(path, method).redirects(0).header('Accept', 'text/html')
      const answer = await request.form(row.form?.(ours, role) ?? {}).loginAs(ours.people[role])
      assert.equal(answer.status(), 419, route)
    }
  })
})

test.group('Crawl | API', (group) => {
  let ours: Tenant
  let theirs: Tenant
  let keys: Record<string, string>

  // All routes together bring more unfit keys than one address may in a minute.
  group.each.setup(() => limiter.clear(['memory']))
  group.each.timeout(60_000)
  group.setup(async () => {
    await emptyTables()
    ours = await Tenant.create('ourmark')
    theirs = await Tenant.create('theirmark')
    keys = await keysOf(ours, theirs)
  })

  for (const [route, row] of Object.entries(CALLS)) {
    test(route, async ({ assert }) => {
      const [, pattern] = split(route)
      const found: Record<string, number> = {}
      const expected: Record<string, number> = {}
      const shared = await addressIn(ours, pattern, row, 'admin')
      for (const [who, key] of Object.entries(keys)) {
        expected[who] = expectedOf(who, row)
        const isServed = expected[who] === (row.ok ?? 200) && row.ids !== undefined
        const path = isServed ? await addressIn(ours, pattern, row, 'admin') : shared
        const answer = await call(route, row, path, key)
        ours.tellIdsIn(path)
        found[who] = answer.status
        if (!who.startsWith('theirs')) continue
        assert.deepEqual(leaksOf(ours, answer.text, path), [], `a key of another organization reads this`)
        if (row.ids === undefined || answer.status !== 404) continue
        const nothing = await call(route, row, addressOfNothing(pattern, row), key)
        assert.deepEqual([nothing.status, nothing.body.code], [answer.status, answer.body.code])
      }
      assert.deepEqual(found, expected)
    })
  }

  test('a key finds nothing of another organization by what it asks for either: {route}')
    .with(ASKED_BY_KEY)
    .run(async ({ assert }, { route, kind, query, body }) => {
      const named = await ours.make(kind, 'admin')
      const [, pattern] = split(route)
      const path = await addressIn(theirs, pattern, { ids: { id: 'campaign' } }, 'admin')
      const row = { ability: 'stats:read' as const, query: query?.(named), body: () => body?.(named) ?? {} }
      const answer = await call(route, row, path, keys['theirs *'])
      assert.notInclude([401, 403, 429, 500], answer.status)
      assert.deepEqual(leaksOf(ours, answer.text, `${path}/${named}`), [])
      const members = await db.from('campaign_members').where('connection_id', named)
      assert.lengthOf(members, 0)
    })

  function call(route: string, row: ApiRow, path: string, key: string) {
    const [method] = split(route)
    const sendsBody = method !== 'GET' && method !== 'DELETE'
    const headers: Record<string, string> = key === '' ? {} : { authorization: `Bearer ${key}` }
    if (sendsBody) headers['content-type'] = 'application/json'
    const body = sendsBody ? JSON.stringify(row.body?.(ours) ?? {}) : undefined
    const address = `${path.replace('/api/v1', '')}${row.query ? `?${row.query}` : ''}`
    return callApi(address, { method, headers, body })
  }

  function expectedOf(who: string, row: ApiRow): number {
    const [tenant, granted] = who.split(' ')
    if (tenant === 'nobody') return 401
    if (granted !== ALL && granted !== row.ability) return 403
    return tenant === 'theirs' && row.ids !== undefined ? 404 : (row.ok ?? 200)
  }
})

/** Keys by who has them: `ours connections:read`, `theirs *`, `nobody revoked`, …. */
async function keysOf(ours: Tenant, theirs: Tenant): Promise<Record<string, string>> {
  const keys: Record<string, string> = { 'nobody ': '', 'nobody malformed': 'evg_nothing' }
  const make = async (tenant: Tenant, abilities: Granted[], lifetime: number | null = null) =>
    anApiCaller({ organizationId: tenant.organization.id, abilities, lifetime })
  for (const [name, tenant] of Object.entries({ ours, theirs })) {
    keys[`${name} nothing`] = (await make(tenant, [])).key
    for (const ability of [ALL, ...Object.keys(ABILITIES)] as Granted[])
      keys[`${name} ${ability}`] = (await make(tenant, [ability])).key
  }
  const expired = await make(ours, [ALL], 3_600_000)
  await db
    .from('api_keys')
    .where('id', expired.apiKey.id)
    .update({ expires_at: Date.now() - 1 })
  const revoked = await make(ours, [ALL])
  await db
    .from('api_keys')
    .where('id', revoked.apiKey.id)
    .update({ revoked_at: Date.now() - 1 })
  return { ...keys, 'nobody expired': expired.key, 'nobody revoked': revoked.key }
}
