/** The first set-up in the browser: whoever has the address that the terminal shows, and nobody else. */
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { EVERYTHING } from '#tests/helpers/audit/audit_scene'
import { emptyTables } from '#tests/helpers/database'
import { FIRST } from '#tests/helpers/newcomer'
import { aPerson } from '#tests/helpers/people'
import { Visitor } from '#tests/helpers/visitor'

const WHERE = 'which only the terminal shows'

test.group('The first set-up', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  async function announced(): Promise<string> {
    const { firstPerson } = await app.container.make('people')
    return (await firstPerson.announce())!.reveal()
  }

  /** Somebody who opened the address that the terminal shows. */
  async function opened(client: ApiClient, token: string): Promise<Visitor> {
    const visitor = new Visitor(client)
    const answer = await visitor.get(`/setup?token=${token}`)
    answer.assertStatus(303)
    answer.assertHeader('location', '/setup')
    return visitor
  }

  test('without the address the page says where it is, and nothing else', async ({ client, assert }) => {
    await announced()
    const visitor = new Visitor(client)
    const shown = await visitor.get('/setup')
    shown.assertStatus(200)
    shown.assertTextIncludes(WHERE)
    assert.equal(shown.header('cache-control'), 'no-store')
    const posted = await visitor.post('/setup', FIRST)
    posted.assertStatus(403)
    const wrong = await visitor.get('/setup?token=wrong')
    wrong.assertStatus(403)
    wrong.assertTextIncludes('This address is not valid, or has expired.')
    for (const { text } of [shown, posted, wrong].map((page) => ({ text: page.text() }))) {
      assert.include(text, WHERE)
      assert.notMatch(text, /name="(?:name|email|password)"|SQLite|PostgreSQL|APP_URL|version/i)
    }
    assert.lengthOf(await db.from('users'), 0)
  })

  test('the sign-in page leads there', async ({ client }) => {
    const page = await new Visitor(client).get('/login')
    page.assertTextIncludes('Nobody has an account here yet.')
    page.assertTextIncludes('href="/setup"')
  })

  test('with the address: the checks, an account, signed in, on to the first provider', async ({
    client,
    assert,
  }) => {
    const token = await announced()
    const visitor = await opened(client, token)
    const form = await visitor.get('/setup')
    form.assertStatus(200)
    form.assertTextIncludes('SQLite answers and its schema is up to date.')
    form.assertTextIncludes('The encryption keys are those of this database.')
    assert.notInclude(JSON.stringify(visitor.session) + form.text(), token)

    const made = await visitor.post('/setup', FIRST)
    made.assertStatus(303)
    made.assertHeader('location', '/accounts/connect')
    const next = await visitor.follow(made)
    next.assertTextIncludes('Welcome. You are signed in')
    ;(await visitor.get('/setup')).assertTextIncludes('Looked at')

    const [{ id }] = await db.from('organizations').select('id')
    const [entry] = (await (await app.container.make('audit')).log.page(id, EVERYTHING)).entries
    assert.containSubset(entry, { action: 'installation.set_up', outcome: 'done', status: 303 })
    assert.deepEqual([entry.actor.kind, entry.actor.name], ['link', FIRST.email])
    assert.equal(entry.target.name, FIRST.name)
    assert.notInclude(JSON.stringify(entry), FIRST.password)
  })

  test('what does not fit is said beside its field; name and address are kept, the password is not', async ({
    client,
    assert,
  }) => {
    const visitor = await opened(client, await announced())
    const refused = await visitor.post('/setup', { ...FIRST, email: 'nowhere', password: 'shortone' })
    refused.assertStatus(422)
    refused.assertTextIncludes('This is not an e-mail address.')
    refused.assertTextIncludes('A password needs at least 12 characters.')
    refused.assertTextIncludes(`value="${FIRST.name}"`)
    refused.assertTextIncludes('value="nowhere"')
    assert.notInclude(refused.text(), 'shortone')
    ;(await visitor.post('/setup', FIRST)).assertStatus(303)
  })

  test('of two browsers with addresses of two processes one wins, and the other is told so', async ({
    client,
    assert,
  }) => {
    const one = await opened(client, await announced())
    const other = await opened(client, await announced())
    const answers = await Promise.all([
      one.post('/setup', FIRST),
      other.post('/setup', { ...FIRST, email: 'eve@example.org' }),
    ])
    assert.deepEqual(answers.map((answer) => answer.status()).sort(), [303, 409])
    const loser = answers.find((answer) => answer.status() === 409)!
    loser.assertTextIncludes('The first account has been made already.')
    loser.assertTextIncludes('href="/login"')
    assert.lengthOf(await db.from('users'), 1)
  })

  test('once there is somebody the page is for staff, and the address is dead', async ({
    client,
    assert,
  }) => {
    const token = await announced()
    await aPerson('viewer')
    const answer = await new Visitor(client).get(`/setup?token=${token}`)
    answer.assertHeader('location', '/setup')
    const signIn = await new Visitor(client).get('/setup')
    signIn.assertHeader('location', `/login?return_to=${encodeURIComponent('/setup')}`)
    const page = await new Visitor(client).get('/login')
    assert.notInclude(page.text(), 'Nobody has an account here yet.')
  })

  test('after five wrong addresses none is looked at for a while, not even the right one', async ({
    client,
  }) => {
    const token = await announced()
    const visitor = new Visitor(client)
    for (let count = 0; count < 5; count++) (await visitor.get('/setup?token=wrong')).assertStatus(403)
    const refused = await visitor.get(`/setup?token=${token}`)
    refused.assertStatus(429)
    refused.assertTextIncludes('Too many attempts.')
    ;(await visitor.get('/setup')).assertStatus(200)
  })
})
