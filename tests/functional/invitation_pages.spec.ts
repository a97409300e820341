import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import Membership from '#models/membership'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'
import { lettersBy } from '#tests/helpers/letters_fixture'
import { readLetter } from '#tests/helpers/read_letter'
import { startMailServer } from '#tests/helpers/receivers/mail_server'
import { Visitor } from '#tests/helpers/visitor'

const NEW = { name: 'Ana López', password: 'a quite new password' }

test.group('Invitations', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  /** An admin who is signed in, and what inviting shows. */
  async function anAdmin(client: ConstructorParameters<typeof Visitor>[0]) {
    const { user, organization } = await aPerson('admin')
    const admin = Visitor.signedIn(client, user)
    const invite = async (address: string, role = 'operator') => {
      const page = await admin.post('/settings/invitations', { email: address, role })
      page.assertStatus(200)
      const [, path] = /(\/invitations\/[\w-]{43})</.exec(page.text())!
      return { path, page: page.text() }
    }
    return { admin, organization, invite }
  }

  test('a link makes an account, signs in, and leads to where the role begins', async ({
    client,
    assert,
  }) => {
    const { admin, organization, invite } = await anAdmin(client)
    const { path, page } = await invite('ana@example.org', 'game_master')
    assert.include(page, 'No e-mail leaves this installation.')
    assert.notInclude(JSON.stringify(admin.session), path.slice(-43))
    const list = await admin.get('/settings/people')
    list.assertTextIncludes('ana@example.org')
    assert.notInclude(list.text(), path.slice(-43))

    const ana = new Visitor(client)
    const shown = await ana.get(path)
    shown.assertStatus(200)
    assert.equal(shown.header('cache-control'), 'no-store')
    shown.assertTextIncludes(organization.name)
    const joined = await ana.post(path, NEW)
    assert.equal(joined.header('location'), '/campaigns')
    ;(await ana.follow(joined)).assertTextIncludes('Welcome.')
    ;(await new Visitor(client).get(path)).assertStatus(410)
    ;(await new Visitor(client).signIn('ana@example.org', NEW.password)).assertStatus(303)
  })

  test('what does not fit is said beside the field, with the name kept and the password not', async ({
    client,
    assert,
  }) => {
    const { invite } = await anAdmin(client)
    const { path } = await invite('ana@example.org')
    const refused = await new Visitor(client).post(path, { ...NEW, password: 'shortone' })
    refused.assertStatus(422)
    refused.assertTextIncludes('A password needs at least 12 characters.')
    refused.assertTextIncludes('value="Ana López"')
    assert.notInclude(refused.text(), 'shortone')
  })

  test('who has an account signs in first and comes back', async ({ client, assert }) => {
    const { organization, invite } = await anAdmin(client)
    const { email, user } = await aPerson('viewer')
    const { path } = await invite(email)
    const visitor = new Visitor(client)
    const shown = await visitor.get(path)
    shown.assertTextIncludes(`/login?return_to=${encodeURIComponent(path)}`)
    ;(await visitor.post(path, NEW)).assertStatus(409)
    const signedIn = await visitor.post('/login', {
      email,
      password: 'correct horse battery staple',
      return_to: path,
    })
    assert.equal(signedIn.header('location'), path)
    ;(await visitor.get(path)).assertStatus(200)
    await visitor.post(path)
    const roles = await Membership.query().where('user_id', user.id).orderBy('role')
    assert.deepEqual(
      roles.map(({ role }) => role),
      ['operator', 'viewer']
    )
    ;(await visitor.get('/settings/organization')).assertTextIncludes(organization.slug)
  })

  test('somebody else who is signed in is refused and told why', async ({ client, assert }) => {
    const { invite } = await anAdmin(client)
    const { path } = await invite('ana@example.org')
    const { user } = await aPerson('viewer')
    const eve = Visitor.signedIn(client, user)
    for (const answer of [await eve.get(path), await eve.post(path, NEW)]) {
      answer.assertStatus(403)
      answer.assertTextIncludes('This invitation is for another e-mail address')
    }
    assert.lengthOf(await Membership.query().where('user_id', user.id), 1)
  })

  test('a link that is unknown, withdrawn, replaced or expired says so', async ({ client, assert }) => {
    const { admin, invite } = await anAdmin(client)
    const visitor = new Visitor(client)
    const unknown = await visitor.get('/invitations/nothing')
    unknown.assertStatus(404)
    unknown.assertTextIncludes('This link is not valid.')
    const { path } = await invite('ana@example.org')
    const list = (await admin.get('/settings/people')).text()
    const [, id] = /\/settings\/invitations\/([\w-]{36})\/renew/.exec(list)!
    const renewed = (await admin.post(`/settings/invitations/${id}/renew`)).text()
    const [, newer] = /(\/invitations\/[\w-]{43})</.exec(renewed)!
    assert.notEqual(newer, path)
    ;(await visitor.get(path)).assertStatus(404)
    ;(await visitor.get(newer)).assertStatus(200)
    await admin.post(`/settings/invitations/${id}/withdraw`)
    const withdrawn = await visitor.get(newer)
    withdrawn.assertStatus(410)
    withdrawn.assertTextIncludes('This invitation was withdrawn.')
    ;(await visitor.post(newer, NEW)).assertStatus(410)
    ;(await admin.post(`/settings/invitations/${id}/renew`)).assertStatus(404)
  })

  test('a second invitation of the same address is refused beside the field, which is kept', async ({
    client,
  }) => {
    const { admin, invite } = await anAdmin(client)
    await invite('ana@example.org')
    const again = await admin.post('/settings/invitations', { email: 'ana@example.org', role: 'viewer' })
    const page = await admin.follow(again)
    page.assertTextIncludes('This address is invited already. Send a new link from the list.')
    page.assertTextIncludes('value="ana@example.org"')
  })

  test('where there is a mail server the letter has the link, and a server that is away is told of', async ({
    client,
    assert,
    cleanup,
  }) => {
    const server = await startMailServer()
    await lettersBy(server.port, cleanup)
    const { admin, organization } = await anAdmin(client)
    const invited = await admin.post('/settings/invitations', { email: 'ana@example.org', role: 'viewer' })
    invited.assertTextIncludes('The link was sent to ana@example.org.')
    const letter = readLetter(server.letters[0].raw)
    const [path] = /\/invitations\/[\w-]{43}/.exec(letter.text)!
    assert.notInclude(invited.text(), path.slice(-43), 'who opens the link proves to read these letters')
    assert.deepEqual(server.letters[0].to, ['ana@example.org'])
    assert.include(letter.headers.subject, `invites you to ${organization.name}`)
    for (const part of [letter.text, letter.html]) assert.include(part, path)
    await server.close()
    const [, id] = /\/settings\/invitations\/([\w-]{36})\/renew/.exec(
      (await admin.get('/settings/people')).text()
    )!
    const failed = await admin.post(`/settings/invitations/${id}/renew`)
    failed.assertTextIncludes('The link could not be sent to ana@example.org.')
    assert.match(failed.text(), /\/invitations\/[\w-]{43}</)
  })

  test('an address gets five links an hour at most, however they are asked for', async ({ client }) => {
    const { admin, invite } = await anAdmin(client)
    await invite('ana@example.org')
    const list = (await admin.get('/settings/people')).text()
    const [, id] = /\/settings\/invitations\/([\w-]{36})\/renew/.exec(list)!
    const renew = () => admin.post(`/settings/invitations/${id}/renew`)
    let path = ''
    for (let count = 2; count <= 5; count++)
      [, path] = /(\/invitations\/[\w-]{43})</.exec((await renew()).text())!
    const refused = await renew()
    ;(await admin.follow(refused)).assertTextIncludes('This address got five links within the last hour.')
    ;(await new Visitor(client).get(path)).assertStatus(200)
    await admin.post(`/settings/invitations/${id}/withdraw`)
    const again = await admin.post('/settings/invitations', { email: 'Ana@example.org', role: 'viewer' })
    ;(await admin.follow(again)).assertTextIncludes('This address got five links within the last hour.')
    await invite('bo@example.org')
  })
})
