/** What people do to many accounts at once. */
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import Connection from '#models/connection'
import Run from '#models/run'
import type User from '#models/user'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

type Form = Record<string, unknown>

async function send(client: ApiClient, user: User, form: Form) {
  return client.post('/accounts/bulk').form(form).loginAs(user).withCsrfToken().redirects(0)
}

/** Sends the form and waits, without watching the clock, until the run that it began has ended. */
async function runOf(client: ApiClient, user: User, form: Form) {
  const answer = await send(client, user, form)
  const id = /^\/runs\/([0-9a-f-]{36})$/.exec(answer.header('location') ?? '')?.[1]
  if (!id) throw new Error(`no run, but ${answer.status()} ${answer.header('location')}`)
  for (;;) {
    const run = await Run.findOrFail(id)
    if (run.finishedAt) return run
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const resultsOf = async ({ id }: Run) => {
  const rows = await db.from('run_results').where('run_id', id).orderBy('connection_id')
  return new Map(rows.map((row) => [row.connection_id, [row.status, row.reason]]))
}

test.group('Many accounts at once', (group) => {
  group.each.setup(() => emptyTables())

  test('chosen accounts are paused and resumed as runs that list each of them', async ({
    client,
    assert,
  }) => {
    const { user, organization, email } = await aPerson('operator')
    const [ana, bea, cem] = [
      await aConnection(organization),
      await aConnection(organization),
      await aConnection(organization),
    ]
    const run = await runOf(client, user, { action: 'pause', ids: [ana.id, bea.id] })
    assert.containSubset(run.$attributes, {
      ...{ job: 'connection:pause', trigger: 'ui', actor: email, state: 'finished' },
      ...{ total: 2, refreshed: 2, failed: 0, skipped: 0 },
    })
    assert.deepEqual((await resultsOf(run)).get(ana.id), ['paused', null])
    const paused = async () => (await Connection.query().whereNotNull('paused_at')).map(({ id }) => id).sort()
    assert.deepEqual(await paused(), [ana.id, bea.id].sort())
    await runOf(client, user, { action: 'resume', all: '1', status: 'paused' })
    assert.deepEqual(await paused(), [])
    assert.isNull((await Connection.findOrFail(cem.id)).pausedAt)
  })

  test('all that match means what the list shows, and nobody else’s', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { organization: other } = await aPerson()
    const listed = await aConnection(organization, { displayName: 'Ana', provider: 'twitch' })
    await aConnection(organization, { displayName: 'Ana', provider: 'google' })
    await aConnection(organization, { displayName: 'Bea', provider: 'twitch' })
    const foreign = await aConnection(other, { displayName: 'Ana', provider: 'twitch' })
    const narrow = { provider: 'twitch', q: 'ana' }
    await runOf(client, user, { action: 'tag', tag: 'vip', asked: '1', all: '1', ...narrow })
    const tagged = (await Connection.all()).filter(({ tags }) => tags.includes('vip'))
    assert.deepEqual(
      tagged.map(({ id }) => id),
      [listed.id]
    )
    const run = await runOf(client, user, { action: 'pause', ids: [foreign.id] })
    assert.equal(run.total, 0)
    assert.isNull((await Connection.findOrFail(foreign.id)).pausedAt)
  })

  test('a refresh leaves alone what a refresh of that account alone would refuse, and says why', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const dead = await aConnection(organization, { status: 'needs_reauth', isActive: false })
    const paused = await aConnection(organization, { pausedAt: DateTime.utc() })
    const run = await runOf(client, user, { action: 'refresh', ids: [dead.id, paused.id] })
    assert.deepInclude(run.$attributes, { total: 2, failed: 0, skipped: 2, retrying: 0 })
    const results = await resultsOf(run)
    assert.deepEqual(results.get(dead.id), ['skipped', 'inactive'])
    assert.deepEqual(results.get(paused.id), ['skipped', 'paused'])
    const page = (await client.get(`/runs/${run.id}`).loginAs(user)).text()
    assert.include(page, 'Given up until reconnected')
  })

  test('a tag is added once and taken away again; what has it is skipped', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const has = await aConnection(organization, { tags: ['vip', 'eu'] })
    const lacks = await aConnection(organization)
    const full = await aConnection(organization, { tags: Array.from({ length: 50 }, (_, at) => `t${at}`) })
    const ids = [has.id, lacks.id, full.id]
    const added = await runOf(client, user, { action: 'tag', tag: ' vip ', asked: '1', ids })
    const results = await resultsOf(added)
    assert.deepEqual(
      ids.map((id) => results.get(id)),
      [
        ['skipped', 'has_tag'],
        ['tagged', null],
        ['failed', 'too_many_tags'],
      ]
    )
    await runOf(client, user, { action: 'untag', tag: 'vip', asked: '1', ids })
    assert.deepEqual((await Connection.findOrFail(has.id)).tags, ['eu'])
    assert.deepEqual((await Connection.findOrFail(lacks.id)).tags, [])
  })

  test('what needs more asks for it on a page, and begins nothing before', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization, { displayName: 'Ana', tags: ['eu'] })
    const answer = await send(client, user, { action: 'disconnect', ids: [id] })
    answer.assertStatus(303)
    const page = answer.header('location')!
    assert.equal(page, `/accounts/bulk/disconnect?ids=${id}`)
    const text = (await client.get(page).loginAs(user)).text()
    assert.include(text, 'Type 1 to confirm')
    assert.include(text, 'Ana')
    const tags = await send(client, user, { action: 'tag', ids: [id] })
    const asked = (await client.get(tags.header('location')!).loginAs(user)).text()
    assert.include(asked, '<option value="eu">')
    assert.lengthOf(await Run.all(), 0)
    assert.lengthOf(await db.from('audit_events').where('action', 'connection.change_many'), 0)
  })

  test('disconnecting wants the number of accounts, typed', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const values = { tokenType: 'static', refreshToken: null, accessToken: null }
    const [{ id }, other] = [await aConnection(organization, values), await aConnection(organization, values)]
    const form = { action: 'disconnect', asked: '1', ids: [id, other.id] }
    for (const count of ['1', '', 'two', ' 22 ']) {
      const answer = await send(client, user, { ...form, count })
      assert.match(answer.header('location')!, /^\/accounts\/bulk\/disconnect\?/)
    }
    assert.equal((await Connection.findOrFail(id)).status, 'connected')
    const wrong = await client
      .post('/accounts/bulk')
      .form({ ...form, count: '17' })
      .loginAs(user)
      .withCsrfToken()
    wrong.assertTextIncludes('Type exactly the number of accounts: 2.')
    wrong.assertTextIncludes('value="17"')
    const run = await runOf(client, user, { ...form, count: '2' })
    assert.containSubset(run.$attributes, { job: 'connection:disconnect', refreshed: 2, failed: 0 })
    assert.equal((await Connection.findOrFail(id)).status, 'disconnected')
  })

  test('reconnect links are made for accounts that can be connected, and only operators see them', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const parent = await aConnection(organization, { provider: 'gone' })
    const child = await aConnection(organization, { parentId: parent.id })
    const run = await runOf(client, user, { action: 'link', ids: [parent.id, child.id] })
    const results = await resultsOf(run)
    assert.deepEqual(results.get(parent.id), ['failed', 'no_provider'])
    assert.deepEqual(results.get(child.id), ['skipped', 'derived'])
    ;(await client.get(`/runs/${run.id}/links`).loginAs(user)).assertTextIncludes('No link of this run')
    ;(await client.get(`/runs/${run.id}/links`).loginAs(viewer)).assertStatus(403)
    const { user: stranger } = await aPerson('operator')
    ;(await client.get(`/runs/${run.id}/links`).loginAs(stranger)).assertStatus(404)
  })

  test('a link opens the page for its account, and stands in a file without formulas', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { catalogue } = await (await import('@adonisjs/core/services/app')).default.container.make('engine')
    const entry = {
      authorization_endpoint: 'https://acme.example/authorize',
      token_endpoint: 'https://acme.example/token',
      client_id: 'ours',
    }
    const added = await catalogue.add(organization.id, { key: 'acme', name: 'Acme', entry })
    assert.isTrue(added.ok, JSON.stringify(added))
    const [provider] = catalogue.visibleTo(organization.id).filter(({ name }) => name === 'Acme')
    const values = { provider: provider.id, displayName: '=cmd()', owner: 'ana' }
    const account = await aConnection(organization, values)
    const run = await runOf(client, user, { action: 'link', ids: [account.id] })
    assert.deepEqual((await resultsOf(run)).get(account.id), ['linked', null])
    ;(await client.get(`/runs/${run.id}`).loginAs(user)).assertTextIncludes(`href="/runs/${run.id}/links"`)
    const page = (await client.get(`/runs/${run.id}/links`).loginAs(user)).text()
    const url = /https?:\/\/[^<\s]*\/link\/[^<\s]+/.exec(page)?.[0].replaceAll('&amp;', '&')
    const opened = await client.get(new URL(url!).pathname + new URL(url!).search)
    opened.assertStatus(200)
    opened.assertTextIncludes('Acme')
    const file = await client.get(`/runs/${run.id}/links?format=csv`).loginAs(user)
    assert.include(file.text(), `ana,'=cmd(),${provider.id},${account.id},http`)
  })

  test('nothing chosen, or a search that is not understood, begins nothing and says so', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    await aConnection(organization)
    const ask = (form: Form) => client.post('/accounts/bulk').form(form).loginAs(user).withCsrfToken()
    ;(await ask({ action: 'pause' })).assertTextIncludes('Select at least one account first.')
    ;(await ask({ action: 'pause', ids: ['nonsense'] })).assertTextIncludes('Select at least one')
    ;(await ask({ action: 'pause', all: '1', q: 'tga:vip' })).assertTextIncludes('Nothing was done')
    assert.lengthOf(await Run.all(), 0)
  })

  test('a viewer is refused, and sees no boxes', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const { id } = await aConnection(organization, { pausedAt: DateTime.utc() })
    for (const action of ['refresh', 'pause', 'resume', 'tag', 'link', 'disconnect']) {
      const answer = await send(client, user, { action, ids: [id], tag: 'x', count: '1', asked: '1' })
      answer.assertStatus(403)
    }
    ;(await client.get(`/accounts/bulk/tag?ids=${id}`).loginAs(user)).assertStatus(403)
    assert.lengthOf(await Run.all(), 0)
    const list = (await client.get('/accounts').loginAs(user)).text()
    for (const part of ['data-row-select', '/accounts/bulk', 'data-row-pause']) assert.notInclude(list, part)
    assert.include(list, 'Your role may look')
  })
})
