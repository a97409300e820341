import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { loginLimit } from '#services/login_limit'
import { networkOf } from '#services/network_of'
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

  test('addresses count as themselves, those of IPv6 as their /64', ({ assert }) => {
    const SAME: [string, string][] = [
      ['203.0.113.9', '203.0.113.9'],
      ['::ffff:203.0.113.9', '203.0.113.9'],
      ['2001:db8:0:7:1:2:3:4', '2001:db8:0:7::/64'],
      ['2001:0DB8::7:a:b:c:d', '2001:db8:0:7::/64'],
      ['2001:db8:0:8::1', '2001:db8:0:8::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ]
    for (const [ip, network] of SAME) assert.equal(networkOf(ip), network, ip)
  })

  test('an account that many addresses try waits, but not where it was opened from lately', async ({
    assert,
  }) => {
    const email = 'ana@example.com'
    const home = loginLimit(email, '203.0.113.9')
    assert.equal(await home.count(), 0)
    await home.forgive()
    const strangers = Array.from({ length: 101 }, (_, index) => `2001:db8:0:${index.toString(16)}::1`)
    const waits: number[] = []
    for (const ip of strangers) waits.push(await loginLimit(email, ip).count())
    assert.deepEqual(waits.slice(0, 100), Array<number>(100).fill(0))
    assert.isAbove(waits[100], 3_500)
    assert.isAtMost(waits[100], 3_600)
    assert.equal(await home.count(), 0)
    assert.equal(await loginLimit('bo@example.com', strangers[0]).count(), 0)
  })

  test('one address alone cannot make an account wait elsewhere', async ({ assert }) => {
    const [email, elsewhere] = ['ana@example.com', '203.0.113.9']
    for (let attempt = 0; attempt < 120; attempt++) await loginLimit(email, `2001:db8::${attempt}`).count()
    assert.isAbove(await loginLimit(email, '2001:db8::1').count(), 0)
    assert.equal(await loginLimit(email, elsewhere).count(), 0)
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
