/** What people do on the page of one account: settings, its end, a link for its owner, a refresh. */
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import Connection from '#models/connection'
import type User from '#models/user'
import { uuid } from '#models/uuid'
import type { Audit } from '#services/audit/build_audit'
import { connectFixture } from '#tests/helpers/connect_fixture'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

test.group('Account forms', (group) => {
  group.each.setup(() => emptyTables())

  const send = (client: ApiClient, user: User, path: string, form: object = {}) =>
    client
      .post(path)
      .loginAs(user)
      .withCsrfToken()
      .form(form as Record<string, string>)

  test('settings are stored and shown again', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization)
    const form = {
      ...{ tags: ' vip, friday ,vip,', notes: 'Calls on Fridays', margin: '90' },
      ...{ jitter: ' 25 ', priority: 'high' },
      ...{ keep_alive: 'while_authorized', muted: 'yes' },
    }
    const page = await send(client, user, `/accounts/${id}/settings`, form)
    page.assertTextIncludes('Saved.')
    const stored = await Connection.findOrFail(id)
    assert.deepEqual(stored.tags, ['vip', 'friday'])
    assert.equal(stored.notes, 'Calls on Fridays')
    assert.equal(stored.refreshMargin, 90 * 60_000)
    assert.deepEqual([stored.refreshJitter, stored.priority], [25, 'high'])
    assert.equal(stored.keepAlive, 'while_authorized')
    assert.isTrue(stored.alertsMuted)
    page.assertTextIncludes('value="vip, friday"')
    await send(client, user, `/accounts/${id}/settings`, { tags: '', notes: '', margin: '', keep_alive: '' })
    await stored.refresh()
    assert.deepEqual(
      [stored.tags, stored.notes, stored.refreshMargin, stored.keepAlive, stored.alertsMuted],
      [[], null, null, null, false]
    )
    assert.deepEqual([stored.refreshJitter, stored.priority], [null, 'normal'])
  })

  test('a setting that makes no sense is told beside its field, and what was typed stays', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization, { tags: ['old'] })
    for (const [form, problem] of [
      [{ margin: 'soon' }, 'Enter a whole number of minutes'],
      [{ margin: '0' }, 'Enter a whole number of minutes'],
      [{ jitter: '51' }, 'Enter a whole number of percent from 0 to 50'],
      [{ jitter: '-1' }, 'Enter a whole number of percent from 0 to 50'],
      [{ tags: 'x'.repeat(65) }, 'A tag can have 64 characters'],
      [{ tags: Array.from({ length: 51 }, (_, index) => `t${index}`).join() }, 'An account can have 50 tags'],
      [{ notes: 'x'.repeat(2_001) }, 'Notes can have 2,000 characters'],
    ] as const) {
      const page = await send(client, user, `/accounts/${id}/settings`, { notes: 'kept words', ...form })
      page.assertTextIncludes(problem)
      page.assertTextIncludes(Object.values(form)[0])
    }
    assert.deepEqual((await Connection.findOrFail(id)).tags, ['old'])
  })

  test('no jitter is a choice of its own', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization)
    const page = await send(client, user, `/accounts/${id}/settings`, { jitter: '0' })
    assert.equal((await Connection.findOrFail(id)).refreshJitter, 0)
    assert.match(page.text(), /name="jitter"[^>]*value="0"/)
  })

  test('a change of them is in the audit trail, before and after', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization)
    await send(client, user, `/accounts/${id}/settings`, { jitter: '5', priority: 'high' })
    const { log }: Audit = await app.container.make('audit')
    const filter = { group: null, outcome: null, actorId: null, actor: null, target: null, from: null }
    const { entries } = await log.page(organization.id, { ...filter, show: 'actions', targetId: id })
    const told = JSON.stringify(entries[0].changes)
    for (const word of ['refresh_jitter', 'priority', 'normal', 'high']) assert.include(told, word)
  })

  test('an account ends only where its name is typed; until then nothing is done', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization, { displayName: 'Ana Live' })
    for (const what of ['disconnect', 'delete']) {
      for (const name of ['', 'ana live', 'Bea']) {
        const page = await send(client, user, `/accounts/${id}/${what}`, { name })
        page.assertTextIncludes('This is not the name. Type “Ana Live”.')
      }
    }
    assert.equal((await Connection.findOrFail(id)).status, 'connected')
    await send(client, user, `/accounts/${id}/disconnect`, { name: ' Ana Live ' })
    assert.equal((await Connection.findOrFail(id)).status, 'disconnected')
    const gone = await send(client, user, `/accounts/${id}/delete`, { name: 'Ana Live' })
    gone.assertTextIncludes('Deleted: Ana Live.')
    assert.isNull(await Connection.find(id))
  })

  test('what comes from another account cannot be deleted alone', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const parent = await aConnection(organization)
    const child = await aConnection(organization, { parentId: parent.id, displayName: 'Page' })
    const page = await send(client, user, `/accounts/${child.id}/delete`, { name: 'Page' })
    page.assertTextIncludes('Delete that one; this one goes with it.')
    assert.isNotNull(await Connection.find(child.id))
  })

  test('a viewer and a foreign organization can do none of it', async ({ client, assert }) => {
    const { organization } = await aPerson()
    const { user: viewer } = await aPerson('viewer', organization)
    const { user: stranger } = await aPerson()
    const { id, displayName } = await aConnection(organization)
    for (const what of ['settings', 'disconnect', 'delete', 'link']) {
      const form = { name: displayName, tags: 'mine' }
      const seen = await send(client, viewer, `/accounts/${id}/${what}`, form).redirects(0)
      seen.assertStatus(403)
      const foreign = await send(client, stranger, `/accounts/${id}/${what}`, form).redirects(0)
      foreign.assertStatus(404)
    }
    const stored = await Connection.findOrFail(id)
    assert.deepEqual([stored.status, stored.tags], ['connected', []])
    const page = (await client.get(`/accounts/${id}?tab=settings`).loginAs(viewer)).text()
    assert.include(page, 'Your role may look, but not act.')
    assert.notInclude(page, 'Danger zone')
  })

  test('a refresh that somebody else is at is no error: it says who, and for how long', async ({
    client,
  }) => {
    const { user, organization } = await aPerson('operator')
    const leaseUntil = DateTime.utc().plus({ seconds: 30 })
    const { id } = await aConnection(organization, { attemptId: uuid(Date.now() - 3_000), leaseUntil })
    const page = await send(client, user, `/accounts/${id}/refresh`)
    page.assertTextIncludes('Already refreshing (')
    page.assertTextIncludes('data-tone="plain"')
  })
})

test.group('Account forms: the link for its owner', (group) => {
  group.each.timeout(20_000)

  test('it renews this account, is shown once, and is in the audit trail', async ({
    client,
    cleanup,
    assert,
  }) => {
    const { organization, operator } = await connectFixture((work) => cleanup(work))
    const account = await aConnection(organization, { provider: 'sandbox', displayName: 'Nova' })
    const page = await client.post(`/accounts/${account.id}/link`).loginAs(operator).withCsrfToken()
    const url = /\/link\/[0-9a-f-]{36}\?signature=[\w.%-]+/.exec(page.text())?.[0]
    assert.isDefined(url)
    assert.match(words(page.text()), /It is good for (7 d|6 d 23 h)/)
    const opened = await client.get(url!)
    opened.assertTextIncludes('lost or will lose its access to the Sandbox account Nova')
    const again = await client.get(`/accounts/${account.id}`).loginAs(operator)
    assert.notInclude(again.text(), '/link/')
    const { log }: Audit = await app.container.make('audit')
    const filter = { group: null, outcome: null, actorId: null, actor: null, target: null, from: null }
    const { entries } = await log.page(organization.id, { ...filter, show: 'actions', targetId: null })
    const made = entries.find(({ action }) => action === 'connect_link.create')
    assert.containSubset(made, { outcome: 'done', given: { connection: account.id } })
  })

  test('the page behind it speaks the visitor’s language and offers the others', async ({
    client,
    cleanup,
    assert,
  }) => {
    const { organization, operator } = await connectFixture((work) => cleanup(work))
    const account = await aConnection(organization, { provider: 'sandbox', displayName: 'Nova' })
    const page = await client.post(`/accounts/${account.id}/link`).loginAs(operator).withCsrfToken()
    const url = /\/link\/[0-9a-f-]{36}\?signature=[\w.%-]+/.exec(page.text())![0]
    const french = await client.get(url).header('Accept-Language', 'fr')
    assert.include(french.text(), 'lang="fr"')
    french.assertTextIncludes('Continuer vers Sandbox')
    french.assertTextIncludes('日本語')
    const cut = await client.get(url.slice(0, -3)).header('Accept-Language', 'ja')
    cut.assertStatus(404)
    cut.assertTextIncludes('このリンクは無効です')
  })
})
