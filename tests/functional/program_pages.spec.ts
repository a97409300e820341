/** The pages about programs: who may make, rotate and revoke API keys, and what is shown of them. */
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { SessionData } from '@adonisjs/session/types'
import type { ApiResponse } from '@japa/api-client'
import type Organization from '#models/organization'
import { callApi } from '#tests/helpers/api_caller'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'
import { Visitor } from '#tests/helpers/visitor'

const HOUR = 3_600_000
const DAY = 24 * HOUR

async function aKey(organization: Organization, values: { name?: string; lifetime?: number | null } = {}) {
  const keys = await app.container.make('apiKeys')
  const { apiKey, key } = await keys.create({
    ...{ organizationId: organization.id, name: 'Nightly job', lifetime: null, createdBy: null, ...values },
    abilities: ['connections:read', 'runs:read'],
  })
  return { id: apiKey.id, key: key.reveal(), apiKey }
}

const keysOf = async ({ id }: Organization) => (await app.container.make('apiKeys')).list(id)
const shownIn = (page: ApiResponse) => /evg_[\w-]+\.[\w-]+/.exec(page.text())?.[0] ?? ''
const statusWith = async (key: string) =>
  (await callApi('/connections', { headers: { authorization: `Bearer ${key}` } })).status

test.group('API keys on their pages', (group) => {
  group.each.setup(() => emptyTables())

  test('an operator makes a key, sees it once, and a program gets in with it', async ({ client, assert }) => {
    const { user, organization, email } = await aPerson('operator')
    await aConnection(organization)
    const visitor = Visitor.signedIn(client, user)
    const form = { name: ' Bot on node-3 ', which: 'chosen', abilities: ['connections:read'], expiry: '90' }
    const page = await visitor.post('/api-keys', form)
    page.assertStatus(200)
    assert.equal(page.header('cache-control'), 'no-store')
    assert.equal(await statusWith(shownIn(page)), 200)
    page.assertTextIncludes('/api/v1/connections?limit=5')
    const [made] = await keysOf(organization)
    assert.deepInclude(made, { name: 'Bot on node-3', abilities: ['connections:read'], createdBy: email })
    assert.equal((made.expiresAt ?? 0) - made.createdAt, 90 * DAY)
    for (const path of ['/api', `/api-keys/${made.id}`]) {
      const text = (await visitor.get(path)).text()
      assert.include(text, 'Bot on node-3')
      assert.include(text, shownIn(page).slice(0, 20))
      assert.notInclude(text, shownIn(page).split('.')[1])
    }
    assert.notInclude(JSON.stringify(visitor.session), 'evg_')
  })

  test('a key ends at the end of the day that was chosen, in the zone of its maker', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    await user.merge({ timeZone: 'Asia/Tokyo' }).save()
    const form = { name: 'CI', which: 'all', expiry: 'date', until: '2099-03-31' }
    ;(await Visitor.signedIn(client, user).post('/api-keys', form)).assertStatus(200)
    const [{ expiresAt, abilities }] = await keysOf(organization)
    assert.equal(new Date(expiresAt ?? 0).toISOString().slice(0, 16), '2099-03-31T14:59')
    assert.deepEqual(abilities, ['*'])
  })

  test('a form is refused with: {sentence}')
    .with([
      { change: { name: '' }, sentence: 'Write what the key is for.' },
      { change: { name: 'x'.repeat(300) }, sentence: 'A name has at most 255 ordinary characters.' },
      { change: { abilities: [] }, sentence: 'Tick at least one ability, or choose everything.' },
      { change: { abilities: ['everything'] }, sentence: 'There is no such ability.' },
      { change: { expiry: 'soon' }, sentence: 'Choose when the key ends.' },
      { change: { expiry: 'date', until: 'tomorrow' }, sentence: 'Choose a day.' },
      { change: { expiry: 'date', until: '2099-02-30' }, sentence: 'Choose a day.' },
      { change: { expiry: 'date', until: '2020-02-20' }, sentence: 'This day is over.' },
    ])
    .run(async ({ client, assert }, { change, sentence }) => {
      const { user, organization } = await aPerson()
      const visitor = Visitor.signedIn(client, user)
      const form = { name: 'My own name', abilities: ['runs:read'], expiry: '30', ...change } as SessionData
      const refused = await visitor.post('/api-keys', form)
      refused.assertStatus(303)
      const page = await visitor.follow(refused)
      page.assertTextIncludes(sentence)
      if (form.name === 'My own name') page.assertTextIncludes('My own name')
      assert.deepEqual(await keysOf(organization), [])
    })

  test('a rotated key has a successor of the same kind; the old one works {overlap}')
    .with([
      { overlap: 'now', works: false },
      { overlap: '1h', works: true },
      { overlap: '24h', works: true },
    ])
    .run(async ({ client, assert }, { overlap, works }) => {
      const { user, organization } = await aPerson('operator')
      const { id, key, apiKey } = await aKey(organization, { lifetime: 30 * DAY })
      const visitor = Visitor.signedIn(client, user)
      const page = await visitor.post(`/api-keys/${id}/rotate`, { overlap })
      page.assertStatus(200)
      const fresh = shownIn(page)
      assert.notEqual(fresh, key)
      assert.equal(await statusWith(fresh), 200)
      assert.equal(await statusWith(key), works ? 200 : 401)
      const [successor, old] = await keysOf(organization)
      assert.equal(old.replacedBy, successor.id)
      assert.deepEqual([successor.name, successor.abilities], [apiKey.name, apiKey.abilities])
      assert.equal((successor.expiresAt ?? 0) - successor.createdAt, 30 * DAY)
    })

  test('an overlap never prolongs a key that ends before', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const { id, apiKey } = await aKey(organization, { lifetime: HOUR })
    await Visitor.signedIn(client, user).post(`/api-keys/${id}/rotate`, { overlap: '24h' })
    const old = (await keysOf(organization)).find((one) => one.id === id)
    assert.equal(old?.expiresAt, apiKey.expiresAt)
  })

  test('a key that was rotated or revoked cannot be rotated again, and an unknown overlap is refused', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const visitor = Visitor.signedIn(client, user)
    const [rotated, revoked, sound] = [
      await aKey(organization),
      await aKey(organization),
      await aKey(organization),
    ]
    await visitor.post(`/api-keys/${rotated.id}/rotate`, { overlap: '24h' })
    await visitor.post(`/api-keys/${revoked.id}/revoke`)
    for (const [{ id }, overlap] of [
      [rotated, '24h'],
      [revoked, '24h'],
      [sound, 'for ever'],
    ] as const) {
      const page = await visitor.follow(await visitor.post(`/api-keys/${id}/rotate`, { overlap }))
      assert.match(page.text(), /has ended or was rotated before|Choose for how long the old key works/)
    }
    assert.lengthOf(await keysOf(organization), 4)
  })

  test('a revoked key opens nothing from then on and is listed apart', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { id, key } = await aKey(organization)
    const visitor = Visitor.signedIn(client, user)
    assert.equal(await statusWith(key), 200)
    const page = await visitor.follow(await visitor.post(`/api-keys/${id}/revoke`))
    page.assertTextIncludes('Nightly job is revoked.')
    page.assertTextIncludes('1 key that has ended')
    assert.equal(await statusWith(key), 401)
    ;(await visitor.get(`/api-keys/${id}`)).assertTextIncludes('Revoked')
  })

  test('a viewer sees the keys and may not make, rotate or revoke one', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const { id, key } = await aKey(organization)
    const visitor = Visitor.signedIn(client, user)
    const list = await visitor.get('/api')
    list.assertTextIncludes('Nightly job')
    list.assertTextIncludes('Only admins and operators make, rotate and revoke keys.')
    assert.notInclude(list.text(), 'href="/api-webhooks"')
    assert.notInclude((await visitor.get(`/api-keys/${id}`)).text(), `action="/api-keys`)
    for (const path of ['/api-keys', `/api-keys/${id}/rotate`, `/api-keys/${id}/revoke`])
      (await visitor.post(path, { name: 'x', which: 'all', expiry: '30', overlap: 'now' })).assertStatus(403)
    assert.lengthOf(await keysOf(organization), 1)
    assert.equal(await statusWith(key), 200)
  })

  test('keys of another organization are not found and stay as they are', async ({ client, assert }) => {
    const { user } = await aPerson()
    const { organization } = await aPerson()
    const { id, key } = await aKey(organization)
    const visitor = Visitor.signedIn(client, user)
    ;(await visitor.get(`/api-keys/${id}`)).assertStatus(404)
    for (const word of ['rotate', 'revoke'])
      (await visitor.post(`/api-keys/${id}/${word}`, { overlap: 'now' })).assertStatus(404)
    assert.equal(await statusWith(key), 200)
    assert.notInclude((await visitor.get('/api')).text(), 'Nightly job')
  })
})

test.group('Other pages about programs', (group) => {
  group.each.setup(() => emptyTables())

  test('the webhooks among the channels are listed with the way to their secret and deliveries', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { channels } = await app.container.make('notifications')
    const target = 'https://hooks.example.com/in'
    const hook = await channels.create(organization.id, { kind: 'webhook', name: 'Our hook', target })
    const mail = { kind: 'email', name: 'Team box', target: 'team@example.com' } as const
    await channels.create(organization.id, mail)
    const page = await Visitor.signedIn(client, user).get('/api-webhooks')
    page.assertTextIncludes('Our hook')
    page.assertTextIncludes(`/alerts/deliveries?channel=${hook.ok && hook.id}`)
    assert.notInclude(page.text(), 'Team box')
    assert.notInclude(page.text(), target)
  })

  test('the first calls name this installation, in the language of who reads', async ({ client }) => {
    const { user } = await aPerson('viewer')
    await user.merge({ locale: 'ja' }).save()
    const page = await Visitor.signedIn(client, user).get('/api-start')
    page.assertTextIncludes('/api/v1/connections?limit=5')
    page.assertTextIncludes('最初の呼び出し')
    page.assertTextIncludes('href="/api/docs"')
  })
})
