import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import Membership from '#models/membership'
import User from '#models/user'
import { homeOf } from '#policies/roles'
import { emptyTables } from '#tests/helpers/database'
import { aPerson, PASSWORD } from '#tests/helpers/people'
import { Visitor } from '#tests/helpers/visitor'

test.group('Settings', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a {role} finds these tabs: {tabs}')
    .with([
      { role: 'admin', tabs: ['profile', 'security', 'people', 'organization', 'data', 'about'] },
      { role: 'operator', tabs: ['profile', 'security', 'people', 'organization', 'data', 'about'] },
      { role: 'viewer', tabs: ['profile', 'security'] },
      { role: 'game_master', tabs: ['profile', 'security'] },
      { role: 'streamer', tabs: ['profile', 'security'] },
    ] as const)
    .run(async ({ client, assert }, { role, tabs }) => {
      const { user } = await aPerson(role)
      const first = await client.get('/settings').loginAs(user).redirects(0)
      assert.equal(first.header('location'), '/settings/profile')
      const text = (await client.get('/settings/security').loginAs(user)).text()
      const [nav] = /<nav class="tabs settings-tabs"[\s\S]*?<\/nav>/.exec(text)!
      assert.deepEqual(
        [...nav.matchAll(/href="\/settings\/(\w+)"/g)].map(([, tab]) => tab),
        [...tabs]
      )
    })

  test('a profile is saved and the pages speak its language at once; what does not fit stays in the form', async ({
    client,
    assert,
  }) => {
    const { email, user: person } = await aPerson()
    const visitor = Visitor.signedIn(client, person)
    const form = { name: 'Ana López', locale: 'fr', timeZone: 'Europe/Paris' }
    const saved = await visitor.follow(await visitor.post('/settings/profile', form))
    saved.assertTextIncludes('Votre profil est enregistré.')
    assert.match(saved.text(), /<html\s+lang="fr"/)
    const user = await User.findByOrFail('email', email)
    assert.deepInclude(user.serialize(), { fullName: 'Ana López', locale: 'fr', timeZone: 'Europe/Paris' })
    const refused = await visitor.follow(
      await visitor.post('/settings/profile', { ...form, name: 'x'.repeat(300) })
    )
    refused.assertTextIncludes('x'.repeat(300))
    refused.assertTextIncludes('Saisissez un nom de 255 caractères au plus.')
  })

  test('a changed password ends every other session and keeps this one', async ({ client, assert }) => {
    const { email } = await aPerson()
    const visitor = new Visitor(client)
    await visitor.signIn(email)
    const elsewhere = new Visitor(client)
    await elsewhere.signIn(email)
    const stolen = visitor.copy()
    const form = { current: PASSWORD, password: 'a quite new password', again: 'a quite new password' }
    const changed = await visitor.follow(await visitor.post('/settings/password', form))
    changed.assertTextIncludes('Your password is changed.')
    for (const ended of [elsewhere, stolen]) {
      assert.include((await ended.get('/settings/profile')).header('location'), '/login')
      ;(await ended.get('/login')).assertStatus(200)
    }
    ;(await new Visitor(client).signIn(email)).assertStatus(422)
    ;(await new Visitor(client).signIn(email, 'a quite new password')).assertStatus(303)
  })

  test('a password is refused with: {sentence}')
    .with([
      { change: { current: 'wrong' }, sentence: 'This is not your password.' },
      { change: { current: '' }, sentence: 'Enter your password.' },
      { change: { password: 'short', again: 'short' }, sentence: 'A password needs at least 12 characters.' },
      { change: { again: 'another password' }, sentence: 'This is not the same password.' },
    ])
    .run(async ({ client, assert }, { change, sentence }) => {
      const { email } = await aPerson()
      const visitor = new Visitor(client)
      await visitor.signIn(email)
      const form = { current: PASSWORD, password: 'a quite new password', again: 'a quite new password' }
      const page = await visitor.follow(await visitor.post('/settings/password', { ...form, ...change }))
      page.assertTextIncludes(sentence)
      assert.notInclude(page.text(), 'a quite new password')
      ;(await new Visitor(client).signIn(email)).assertStatus(303)
    })

  test('five wrong current passwords are as many as at the door', async ({ client }) => {
    const { email } = await aPerson()
    const visitor = new Visitor(client)
    await visitor.signIn(email)
    for (let attempt = 0; attempt < 5; attempt++)
      await visitor.post('/settings/password', { current: 'wrong', password: 'x', again: 'x' })
    const page = await visitor.follow(await visitor.post('/settings/password', { current: PASSWORD }))
    page.assertTextIncludes('Too many attempts.')
  })

  test('signing out everywhere ends the other sessions and keeps this one', async ({ client, assert }) => {
    const { email } = await aPerson()
    const [visitor, other] = [new Visitor(client), new Visitor(client)]
    await visitor.signIn(email)
    await other.signIn(email)
    const done = await visitor.follow(await visitor.post('/settings/sessions/end'))
    done.assertTextIncludes('You are signed out everywhere else.')
    assert.include((await other.get('/inbox')).header('location'), '/login')
  })

  test('an operator sees people and changes none', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { email } = await aPerson('viewer', organization)
    const page = await client.get('/settings/people').loginAs(user)
    page.assertTextIncludes(email)
    assert.notInclude(page.text(), 'action="/settings/people/')
    assert.notInclude(page.text(), 'action="/settings/invitations')
  })

  test('before a member is removed, the keys that stay are named and lead to where they end', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('admin')
    const { email } = await aPerson('operator', organization)
    const keys = await app.container.make('apiKeys')
    const make = (name: string, createdBy: string) =>
      keys.create({ organizationId: organization.id, name, abilities: ['*'], lifetime: null, createdBy })
    const [billing, over] = [await make('Billing', email), await make('Long over', email)]
    await make('Of somebody else', 'somebody@example.org')
    await keys.revoke(organization.id, over.apiKey.id)
    const page = await client.get('/settings/people').loginAs(user)
    page.assertTextIncludes('made goes on working.')
    page.assertTextIncludes(`href="/api-keys/${billing.apiKey.id}">Billing</a>`)
    for (const name of ['Long over', 'Of somebody else']) assert.notInclude(page.text(), name)
    const { user: operator } = await aPerson('operator', organization)
    assert.notInclude((await client.get('/settings/people').loginAs(operator)).text(), 'Billing')
  })

  test('another role acts at the next request, and so does a removal', async ({ client, assert }) => {
    const { user, organization } = await aPerson('admin')
    const { user: member } = await aPerson('operator', organization)
    const [admin, visitor] = [Visitor.signedIn(client, user), Visitor.signedIn(client, member)]
    ;(await visitor.get('/settings/people')).assertStatus(200)
    const changed = await admin.post(`/settings/people/${member.id}/role`, { role: 'viewer' })
    ;(await admin.follow(changed)).assertTextIncludes(' is changed.')
    ;(await visitor.get('/settings/people')).assertStatus(403)
    const removed = await admin.post(`/settings/people/${member.id}/remove`)
    ;(await admin.follow(removed)).assertTextIncludes(' is removed.')
    assert.include((await visitor.get('/inbox')).header('location'), '/login')
  })

  test('the last admin stays, and is told why', async ({ client, assert }) => {
    const { user } = await aPerson('admin')
    const admin = Visitor.signedIn(client, user)
    for (const [action, form] of [
      ['role', { role: 'viewer' }],
      ['remove', {}],
    ] as const) {
      const answer = await admin.post(`/settings/people/${user.id}/${action}`, form)
      ;(await admin.follow(answer)).assertTextIncludes(
        'is the last admin. Make somebody else an admin first.'
      )
    }
    assert.equal((await Membership.findByOrFail('user_id', user.id)).role, 'admin')
  })

  test('an admin renames the organization and makes another, which the next pages are about', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('admin')
    const admin = Visitor.signedIn(client, user)
    await admin.follow(await admin.post('/settings/organization', { name: 'Renamed guild' }))
    await organization.refresh()
    assert.equal(organization.name, 'Renamed guild')
    const refused = await admin.follow(
      await admin.post('/organizations', { name: 'North', slug: organization.slug })
    )
    refused.assertTextIncludes('Another organization has this slug.')
    refused.assertTextIncludes('value="North"')
    const made = await admin.post('/organizations', { name: 'North guild', slug: 'north' })
    assert.equal(made.header('location'), homeOf('admin'))
    ;(await admin.get('/settings/organization')).assertTextIncludes('value="North guild"')
  })
})

test.group('Switching organization', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  async function inTwo() {
    const { user, organization: first } = await aPerson('admin')
    const { organization: second } = await aPerson('admin')
    await Membership.create({ organizationId: second.id, userId: user.id, role: 'viewer' })
    return { user, first, second }
  }

  test('the pages are about the chosen one, with the role there', async ({ client, assert }) => {
    const { user, first, second } = await inTwo()
    const visitor = Visitor.signedIn(client, user)
    ;(await visitor.get('/settings/organization')).assertTextIncludes(first.slug)
    const switched = await visitor.post('/organizations/switch', { organization: second.id })
    assert.equal(switched.header('location'), homeOf('viewer'))
    ;(await visitor.get('/settings/organization')).assertStatus(403)
    ;(await visitor.get('/settings/profile')).assertTextIncludes(second.name)
  })

  test('a removed membership acts at once: the pages go back to the other organization', async ({
    client,
  }) => {
    const { user, first, second } = await inTwo()
    const visitor = Visitor.signedIn(client, user)
    await visitor.post('/organizations/switch', { organization: second.id })
    await Membership.query().where({ userId: user.id, organizationId: second.id }).delete()
    ;(await visitor.get('/settings/organization')).assertTextIncludes(first.slug)
  })

  test('one that the person does not belong to is not found, as one that does not exist', async ({
    client,
  }) => {
    const { user } = await inTwo()
    const { organization } = await aPerson('admin')
    const visitor = Visitor.signedIn(client, user)
    for (const wanted of [organization.id, '00000000-0000-7000-8000-0000000000ff', 'x', undefined]) {
      ;(await visitor.post('/organizations/switch', { organization: wanted ?? '' })).assertStatus(404)
    }
  })

  test('the switcher is there for people of several organizations only', async ({ client, assert }) => {
    const { user, second } = await inTwo()
    const page = (await client.get('/settings/profile').loginAs(user)).text()
    assert.include(page, 'action="/organizations/switch"')
    assert.include(page, `value="${second.id}"`)
    const { user: other } = await aPerson('admin', second)
    const single = (await client.get('/settings/profile').loginAs(other)).text()
    assert.notInclude(single, 'action="/organizations/switch"')
  })
})
