import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { Secret } from '#oauth/secret'
import { homeOf } from '#policies/roles'
import { emptyTables } from '#tests/helpers/database'
import { aPerson, PASSWORD } from '#tests/helpers/people'
import { codeAt } from '#tests/helpers/people_fixture'
import { Visitor } from '#tests/helpers/visitor'

const STEP = 30_000
const later = { now: () => Date.now() + STEP }

/** A person who turned the second factor on in the settings, with what they saw there. */
async function someoneWithTwoFactor(client: ApiClient) {
  const person = await aPerson()
  const visitor = Visitor.signedIn(client, person.user)
  return { ...person, visitor, ...(await turnOn(visitor)) }
}

async function turnOn(visitor: Visitor) {
  await visitor.post('/settings/two-factor', { password: PASSWORD })
  const page = (await visitor.get('/settings/two-factor')).text()
  const [, key] = /class="copy-text">([A-Z2-7 ]+)</.exec(page)!
  const secret = new Secret(key.replaceAll(' ', ''))
  const shown = await visitor.post('/settings/two-factor/confirm', {
    code: codeAt(secret, { now: Date.now }),
  })
  const codes = [...shown.text().matchAll(/<code>([a-z0-9-]{19})<\/code>/g)].map(([, code]) => code)
  return { secret, codes, setup: page, shown }
}

test.group('Signing in with a second factor', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('the password alone opens no page; the code then leads to where one wanted to go', async ({
    client,
    assert,
  }) => {
    const { email, secret } = await someoneWithTwoFactor(client)
    const visitor = new Visitor(client)
    const first = await visitor.post('/login', { email, password: PASSWORD, return_to: '/inbox' })
    assert.equal(first.header('location'), '/login/two-factor')
    assert.notProperty(visitor.session, 'auth_web')
    assert.include((await visitor.get('/settings/profile')).header('location'), '/login')
    ;(await visitor.get('/login/two-factor')).assertStatus(200)
    const second = await visitor.post('/login/two-factor', { code: codeAt(secret, later) })
    assert.equal(second.header('location'), '/inbox')
    assert.notProperty(visitor.session, 'pending_sign_in')
    ;(await visitor.get('/settings/profile')).assertStatus(200)
  })

  test('whoever loads the page of recovery codes again comes to the page of security', async ({
    client,
    assert,
  }) => {
    const { visitor } = await someoneWithTwoFactor(client)
    for (const path of ['/settings/two-factor/confirm', '/settings/two-factor/codes'])
      assert.equal((await visitor.get(path)).header('location'), '/settings/security', path)
  })

  test('turning it on ends the other sessions and keeps this one', async ({ client, assert }) => {
    const person = await aPerson()
    const other = Visitor.signedIn(client, person.user)
    const visitor = Visitor.signedIn(client, person.user)
    await turnOn(visitor)
    ;(await visitor.get('/settings/profile')).assertStatus(200)
    assert.include((await other.get('/settings/profile')).header('location'), '/login')
  })

  test('a code that was used lets nobody else in', async ({ client }) => {
    const { email, secret } = await someoneWithTwoFactor(client)
    const code = codeAt(secret, later)
    const [one, two] = [new Visitor(client), new Visitor(client)]
    await one.signIn(email)
    await two.signIn(email)
    ;(await one.post('/login/two-factor', { code })).assertStatus(303)
    const refused = await two.post('/login/two-factor', { code })
    refused.assertStatus(422)
    refused.assertTextIncludes('This code is not valid, or was used already.')
  })

  test('a recovery code lets one in, once', async ({ client, assert }) => {
    const { email, codes } = await someoneWithTwoFactor(client)
    assert.lengthOf(codes, 10)
    for (const status of [303, 422]) {
      const visitor = new Visitor(client)
      await visitor.signIn(email)
      ;(await visitor.post('/login/two-factor', { code: codes[3] })).assertStatus(status)
    }
  })

  test('after five wrong codes the right one waits, too, whoever brings it', async ({ client, assert }) => {
    const { email, secret } = await someoneWithTwoFactor(client)
    for (let attempt = 0; attempt < 5; attempt++) {
      const visitor = new Visitor(client)
      await visitor.signIn(email)
      ;(await visitor.post('/login/two-factor', { code: '000000' })).assertStatus(422)
    }
    const visitor = new Visitor(client)
    await visitor.signIn(email)
    const refused = await visitor.post('/login/two-factor', { code: codeAt(secret, later) })
    refused.assertStatus(429)
    assert.isAbove(Number(refused.header('retry-after')), 0)
  })

  test('an empty code is no try', async ({ client }) => {
    const { email } = await someoneWithTwoFactor(client)
    const visitor = new Visitor(client)
    await visitor.signIn(email)
    for (let attempt = 0; attempt < 7; attempt++) {
      ;(await visitor.post('/login/two-factor', { code: ' ' })).assertStatus(422)
    }
  })

  test('ten minutes after the password one begins again; so does who never gave one', async ({
    client,
    assert,
  }) => {
    const { email, secret, user } = await someoneWithTwoFactor(client)
    const stranger = new Visitor(client)
    assert.equal((await stranger.get('/login/two-factor')).header('location'), '/login')
    const code = codeAt(secret, later)
    const since = Date.now() - 10 * 60_000 - 1
    const pending = { userId: user.id, epoch: 0, returnTo: '', since }
    const request = client.post('/login/two-factor').form({ code }).withCsrfToken().redirects(0)
    const response = await request.withSession({ pending_sign_in: pending })
    assert.equal(response.header('location'), '/login')
    response.assertSessionMissing('auth_web')
    const visitor = new Visitor(client)
    await visitor.signIn(email)
    ;(await visitor.post('/login/two-factor', { code })).assertStatus(303)
  })

  test('a password that was changed meanwhile ends the wait for the code', async ({ client, assert }) => {
    const { email, secret, user } = await someoneWithTwoFactor(client)
    const visitor = new Visitor(client)
    await visitor.signIn(email)
    const { profiles } = await app.container.make('people')
    await profiles.endSessions(user.id)
    const response = await visitor.post('/login/two-factor', { code: codeAt(secret, later) })
    assert.equal(response.header('location'), '/login')
  })

  test('turning it on, off and making new codes need the password', async ({ client, assert }) => {
    const { visitor, email } = await someoneWithTwoFactor(client)
    for (const [path, form] of [
      ['/settings/two-factor/codes', { password: 'wrong' }],
      ['/settings/two-factor/remove', {}],
    ] as const) {
      const refused = await visitor.post(path, form)
      assert.equal(refused.header('location'), '/settings/security')
      const page = await visitor.follow(refused)
      page.assertTextIncludes(
        form && 'password' in form ? 'This is not your password.' : 'Enter your password.'
      )
    }
    await visitor.post('/settings/two-factor/remove', { password: PASSWORD })
    const again = new Visitor(client)
    assert.equal((await again.signIn(email)).header('location'), homeOf('admin'))
    const refused = await visitor.follow(await visitor.post('/settings/two-factor', { password: 'wrong' }))
    refused.assertTextIncludes('This is not your password.')
    ;(await visitor.get('/settings/two-factor')).assertStatus(302)
  })

  test('the secret is on the page of the set-up only, and codes in one answer only', async ({
    client,
    assert,
  }) => {
    const { visitor, secret, codes, setup, shown } = await someoneWithTwoFactor(client)
    assert.match(setup, /<path class="qr-dark" d="M/)
    assert.equal(shown.header('cache-control'), 'no-store')
    const page = (await visitor.get('/settings/security')).text()
    assert.include(page, '10 recovery codes are left.')
    for (const text of [page, JSON.stringify(visitor.session), shown.text()])
      assert.notInclude(text, secret.reveal())
    for (const code of codes) assert.notInclude(page + JSON.stringify(visitor.session), code)
    ;(await visitor.get('/settings/two-factor')).assertStatus(302)
  })

  test('an admin resets the second factor of a member, who then needs the password alone', async ({
    client,
    assert,
  }) => {
    const { email, user, organization } = await someoneWithTwoFactor(client)
    const admin = Visitor.signedIn(client, (await aPerson('admin', organization)).user)
    const done = await admin.follow(await admin.post(`/settings/people/${user.id}/two-factor/reset`))
    done.assertTextIncludes('signs in with the password alone now.')
    assert.equal((await new Visitor(client).signIn(email)).header('location'), homeOf('admin'))
  })
})
