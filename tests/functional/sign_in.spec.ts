import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { emptyTables } from '#tests/helpers/database'
import { aPerson, PASSWORD } from '#tests/helpers/people'

test.group('Signing in', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a right password opens the page that was asked for', async ({ client, assert }) => {
    const { email } = await aPerson()
    const form = { email: ` ${email.toUpperCase()} `, password: PASSWORD, return_to: '/accounts?status=due' }
    const response = await client.post('/login').form(form).withCsrfToken().redirects(0)
    response.assertStatus(303)
    assert.equal(response.header('location'), '/accounts?status=due')
  })

  test('a foreign address to return to is ignored', async ({ client, assert }) => {
    const { email } = await aPerson()
    const form = { email, password: PASSWORD, return_to: '//evil.example' }
    const response = await client.post('/login').form(form).withCsrfToken().redirects(0)
    assert.equal(response.header('location'), '/')
  })

  test('the session gets a new id', async ({ client, assert }) => {
    const { email } = await aPerson()
    const before = (await client.get('/login')).cookie('evergrant-session')!
    const response = await client
      .post('/login')
      .form({ email, password: PASSWORD })
      .withCsrfToken()
      .cookie('evergrant-session', before.value)
      .redirects(0)
    response.assertStatus(303)
    assert.notEqual(response.cookie('evergrant-session')!.value, before.value)
  })

  test('an unknown address and a wrong password get the same answer', async ({ client, assert }) => {
    const { email } = await aPerson()
    const answers = []
    for (const form of [
      { email, password: 'wrong' },
      { email: 'nobody@example.com', password: PASSWORD },
    ]) {
      const response = await client.post('/login').form(form).withCsrfToken().redirects(0)
      answers.push([response.status(), /id="login-message".*?<p>(.*?)<\/p>/s.exec(response.text())?.[1]])
      assert.notInclude(response.text(), form.password)
    }
    assert.deepEqual(answers[0], [422, 'This e-mail address and password do not match.'])
    assert.deepEqual(answers[0], answers[1])
  })

  test('after five wrong tries the right password waits, too; others do not', async ({ client, assert }) => {
    const { email } = await aPerson()
    const other = await aPerson()
    const tryWith = (address: string, password: string) =>
      client.post('/login').form({ email: address, password }).withCsrfToken().redirects(0)
    for (let attempt = 0; attempt < 5; attempt++) (await tryWith(email, 'wrong')).assertStatus(422)
    const refused = await tryWith(email, PASSWORD)
    refused.assertStatus(429)
    assert.isAbove(Number(refused.header('retry-after')), 0)
    ;(await tryWith(other.email, PASSWORD)).assertStatus(303)
  })

  test('a burst gets no free tries', async ({ client, assert }) => {
    const { email } = await aPerson()
    const tries = Array.from({ length: 12 }, () =>
      client.post('/login').form({ email, password: 'wrong' }).withCsrfToken().redirects(0)
    )
    const statuses = (await Promise.all(tries)).map((response) => response.status())
    assert.lengthOf(
      statuses.filter((status) => status === 422),
      5
    )
  })

  test('an empty form is answered in place', async ({ client }) => {
    const response = await client.post('/login').form({}).withCsrfToken().redirects(0)
    response.assertStatus(422)
    response.assertTextIncludes('Enter your e-mail address and password.')
  })

  test('signing out ends the session and needs the form token', async ({ client, assert }) => {
    const { user } = await aPerson()
    const refused = await client.post('/logout').loginAs(user).header('Accept', 'text/html').redirects(0)
    refused.assertStatus(419)
    const response = await client.post('/logout').loginAs(user).withCsrfToken().redirects(0)
    assert.equal(response.header('location'), '/login')
  })

  test('who is signed in already goes on', async ({ client, assert }) => {
    const { user } = await aPerson()
    const response = await client.get('/login?return_to=/accounts/connect').loginAs(user).redirects(0)
    assert.equal(response.header('location'), '/accounts/connect')
  })
})
