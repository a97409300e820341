/** The page of one account and its tabs (UI.md §4.5). */
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { toInstant } from '#models/columns'
import ClientGate from '#models/client_gate'
import type Connection from '#models/connection'
import type User from '#models/user'
import { uuid } from '#models/uuid'
import type { Audit } from '#services/audit/build_audit'
import { emptyTables } from '#tests/helpers/database'
import { aDelivery, aMatter } from '#tests/helpers/notification_rows'
import { aConnection, aPerson } from '#tests/helpers/people'

const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const ago = (length: object) => DateTime.utc().minus(length)
const DEAD = {
  ...{ status: 'needs_reauth', statusReason: 'rejected', isActive: false, nextRefreshAt: null },
  ...{ errorCode: 'invalid_grant', errorMessage: 'Token has been revoked.' },
}

test.group('Account page', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await db.from('audit_events').delete()
  })

  const read = async (client: ApiClient, user: User, path: string, language = 'en') => {
    const page = await client.get(path).loginAs(user).header('Accept-Language', language)
    page.assertStatus(200)
    return page.text()
  }

  const attempt = ({ organizationId, id: connectionId }: Connection, values: object = {}) =>
    RefreshAttemptFactory.merge({ organizationId, connectionId, ...values })

  test('each tab is an address that works by itself, and an unknown one means the overview', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization)
    for (const [query, title] of [
      ['', 'Tracking'],
      ['?tab=timeline', 'What happened'],
      ['?tab=calls', 'Requests to the provider'],
      ['?tab=settings', 'Settings of this account'],
      ['?tab=nonsense', 'Tracking'],
    ]) {
      const page = await read(client, user, `/accounts/${id}${query}`)
      assert.include(words(page), title, query)
      assert.include(page, `href="/accounts/${id}?tab=timeline"`)
    }
  })

  test('the next try is not before the gate of the provider lets it, wherever it is told', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization, { nextRefreshAt: ago({ minutes: 1 }) })
    await ClientGate.create({
      ...{ id: 'twitch', flow: 'paused', reason: 'unavailable', failures: 5, updatedAt: ago({ minutes: 1 }) },
      until: DateTime.utc().plus({ minutes: 9, seconds: 30 }),
    })
    assert.match(words(await read(client, user, `/accounts/${id}`)), /Next try: in 9 min/)
    assert.match(words(await read(client, user, '/')), /Next refresh 0?9:[23]\d/)
  })

  test('where no authorization window is open, no sweep is promised', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const lapsed = { tokenExpiresAt: ago({ hours: 1 }), nextRefreshAt: null }
    const over = await aConnection(organization, { ...lapsed, keepAliveUntil: ago({ hours: 2 }) })
    assert.include(await read(client, user, `/accounts/${over.id}`), 'No authorization window is open')
    const always = await aConnection(organization, { ...lapsed, keepAlive: 'always' })
    assert.notInclude(await read(client, user, `/accounts/${always.id}`), 'No authorization window')
  })

  test('a dead account is explained, with the provider’s words for those who may act only', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const dead = await aConnection(organization, DEAD)
    await attempt(dead).apply('rejected').create()
    const page = words(await read(client, user, `/accounts/${dead.id}`))
    assert.include(page, 'Why “Reconnect needed”')
    assert.include(page, 'the grant is dead, most likely revoked')
    assert.match(page, /HTTP 400 invalid_grant\s+Token has been revoked\./)
    const seen = words(await read(client, viewer, `/accounts/${dead.id}`))
    assert.include(seen, 'the grant is dead, most likely revoked')
    assert.notInclude(seen, 'Token has been revoked')
    assert.notInclude(seen, 'invalid_grant')
  })

  test('where the provider sent no code, its status is told', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const dead = await aConnection(organization, {
      ...DEAD,
      errorCode: null,
      errorMessage: 'Invalid refresh token',
    })
    await attempt(dead, { errorCode: null, outcome: 'failed', httpStatus: 400 }).create()
    const page = words(await read(client, user, `/accounts/${dead.id}`))
    assert.match(page, /HTTP 400 +“?Invalid refresh token/)
  })

  test('it is said in {$self}, and no English is left in it')
    .with(['fr', 'ja'] as const)
    .run(async ({ client, assert }, language) => {
      const { user, organization } = await aPerson()
      const dead = await aConnection(organization, DEAD)
      await attempt(dead).apply('rejected').create()
      for (const tab of ['', '?tab=timeline', '?tab=calls', '?tab=settings']) {
        const text = words(await read(client, user, `/accounts/${dead.id}${tab}`, language))
        assert.notMatch(text, /\b(the|Refresh now|Reconnect|account|grant|Nothing)\b/, tab)
        assert.notMatch(text, /\baccount\.|\bconnect\.[a-z]/, 'no key is shown in place of a text')
      }
    })

  test('a scope that the definition asks for and that was not granted is told as missing', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization, { scopes: ['chat:read'] })
    const page = await read(client, user, `/accounts/${id}`)
    assert.match(words(page), /chat:read\s+user:read:email\s+not granted/)
  })

  test('the timeline tells refreshes, actions and handed-out tokens, newest first, with redacted JSON', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const account = await aConnection(organization)
    await attempt(account, {
      createdAt: ago({ hours: 2 }),
      oldFp: 'a'.repeat(64),
      newFp: 'b'.repeat(64),
    }).create()
    await client.post(`/accounts/${account.id}/pause`).loginAs(user).withCsrfToken()
    const { handOuts }: Audit = await app.container.make('audit')
    handOuts.count({ id: uuid(), name: 'Night bot', organizationId: organization.id }, account.id)
    const html = await read(client, user, `/accounts/${account.id}?tab=timeline`)
    const page = words(html)
    assert.match(page, /Paused an account/)
    assert.include(page, 'Night bot')
    assert.include(page, 'aaaaaaaaaaaa → bbbbbbbbbbbb')
    assert.isBelow(page.indexOf('Paused an account'), page.indexOf('aaaaaaaaaaaa →'))
    assert.notMatch(html, /SEALED|a{13}|b{13}/)
  })

  test('the overview says who connected the account, to people who may read the trail; what is unknown is not shown', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const account = await aConnection(organization)
    const overview = async (who: User, language = 'en') =>
      words(await read(client, who, `/accounts/${account.id}`, language))
    assert.notInclude(await overview(user), 'Connected by')
    const arrive = (values: object) =>
      db.table('audit_events').insert({
        ...{ id: uuid(), organization_id: organization.id, created_at: toInstant(Date.now()), count: 1 },
        ...{ target_kind: 'connection', target_id: account.id, changes: '{}', given: '{}' },
        ...{ action: 'connection.connect', outcome: 'done', actor_kind: 'link', ...values },
      })
    await arrive({ actor_name: 'Nobody', outcome: 'refused' })
    assert.notInclude(await overview(user), 'Connected by')
    await arrive({ actor_name: 'ana@shop' })
    assert.match(await overview(user), /Connected by\s+ana@shop\s+Connect link/)
    assert.match(await overview(user, 'fr'), /Connecté par\s+ana@shop/)
    assert.notInclude(await overview(viewer), 'ana@shop')
    await arrive({ actor_name: 'Mover', action: 'connection.import', actor_kind: 'api_key' })
    assert.match(await overview(user), /Connected by\s+Mover\s+API key · imported/)
  })

  test('a failed attempt that is tried again says which retry comes and when; one before it does not', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const at = DateTime.utc().plus({ minutes: 7 })
    const failing = { retryCount: 3, nextRefreshAt: at }
    const account = await aConnection(organization, failing)
    for (const minutes of [30, 1])
      await attempt(account, { createdAt: ago({ minutes }), strike: 1 })
        .apply('rejected')
        .create()
    const timeline = () => read(client, user, `/accounts/${account.id}?tab=timeline`)
    const page = words(await timeline())
    assert.lengthOf(page.match(/retry 3 at/g) ?? [], 1)
    assert.include(page, `retry 3 at ${at.toFormat('yyyy-MM-dd HH:mm')}`)
    assert.match(page, /strike 1 of 2/)
    await account.merge({ pausedAt: DateTime.utc() }).save()
    assert.notInclude(words(await timeline()), 'retry 3 at')
  })

  test('each entry opens as JSON, what was told and sent, too', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const account = await aConnection(organization)
    await db.table('events').insert({
      ...{ id: uuid(), organization_id: organization.id, connection_id: account.id, severity: 'normal' },
      ...{ name: 'connection.connected', data: JSON.stringify({ cause: null, reconnected: true }) },
      ...{ dedupe_key: uuid(), created_at: toInstant(ago({ hours: 1 })) },
    })
    await attempt(account, { details: { scopes: { added: ['read:new'], removed: [] } } }).create()
    const matter = await aMatter(user, organization, { connections: [account] })
    const message = await aDelivery(organization, { state: 'dead', attempts: 3, last_code: 'timeout' })
    await db
      .table('delivery_items')
      .insert({ delivery_id: message, notification_id: matter, target: message })
    const timeline = (who: User) => read(client, who, `/accounts/${account.id}?tab=timeline`)
    const page = await timeline(user)
    assert.include(page, '&quot;reconnected&quot;: true')
    assert.match(page, /id="happening-[0-9a-f-]{36}-scopes"[^]*?&quot;read:new/)
    assert.include(page, '&quot;last_code&quot;: &quot;timeout')
    assert.lengthOf(page.match(/<li class="happening"/g) ?? [], page.match(/id="happening-/g)?.length ?? 0)
    assert.notInclude(await timeline(viewer), 'last_code')
  })

  test('what is seldom done stands in a menu; a dead account’s reconnect stands outside', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const [well, dead] = [await aConnection(organization), await aConnection(organization, DEAD)]
    const menu = async (who: User, { id }: Connection) =>
      /<div id="account-menu" class="row-menu" popover>[^]*?<\/div>/.exec(
        await read(client, who, `/accounts/${id}`)
      )
    const found = (await menu(user, well))?.[0] ?? ''
    assert.include(found, 'tab=settings#ending-title')
    assert.include(found, `/audit?target=${well.id}`)
    assert.notInclude((await menu(user, dead))?.[0] ?? '', 'data-act')
    assert.isNull(await menu(viewer, well))
    assert.match(await read(client, viewer, `/accounts/${well.id}`), /data-act="reconnect"/, 'refused to all')
  })

  test('a viewer’s timeline has the refreshes, and nothing of the audit trail', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const account = await aConnection(organization)
    await attempt(account).create()
    await client.post(`/accounts/${account.id}/pause`).loginAs(user).withCsrfToken()
    const page = words(await read(client, viewer, `/accounts/${account.id}?tab=timeline`))
    assert.include(page, 'Refreshed')
    assert.notInclude(page, 'Paused an account')
    assert.notInclude(page, 'Audit of')
  })

  test('the timeline goes on page by page, without gap or repetition', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const account = await aConnection(organization)
    for (let index = 0; index < 60; index++)
      await attempt(account, { createdAt: ago({ minutes: index }) }).create()
    const ids = (html: string) => [...html.matchAll(/id="happening-([0-9a-f-]{36})"/g)].map(([, id]) => id)
    const first = await read(client, user, `/accounts/${account.id}?tab=timeline`)
    const next = /href="([^"]*cursor=[^"]*)"/.exec(first)![1].replaceAll('&amp;', '&')
    const second = await read(client, user, next)
    assert.lengthOf(ids(first), 50)
    assert.lengthOf(ids(second), 10)
    assert.lengthOf(new Set([...ids(first), ...ids(second)]), 60)
    assert.notInclude(second, 'rel="next"')
    assert.include(words(second), 'Back to the newest')
  })

  test('a poll of each tab gets 304 until something changes', async ({ client }) => {
    const { user, organization } = await aPerson()
    const account = await aConnection(organization)
    await attempt(account, { createdAt: ago({ days: 1 }) }).create()
    for (const tab of ['overview', 'timeline', 'calls', 'settings']) {
      const path = `/accounts/${account.id}?tab=${tab}`
      const etag = (await client.get(path).loginAs(user)).header('etag')!
      const poll = () => client.get(path).loginAs(user).header('If-None-Match', etag)
      ;(await poll()).assertStatus(304)
      await account.merge({ displayName: `${account.displayName}!` }).save()
      ;(await poll()).assertStatus(200)
    }
  })
})
