import { test } from '@japa/runner'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

test.group('Pages: the shell', (group) => {
  group.each.setup(() => emptyTables())

  test('bad news carry the id of the request that they are about, good news do not', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization)
    const act = (verb: string) => client.post(`/accounts/${id}/${verb}`).loginAs(user).withCsrfToken()
    const failed = await act('refresh').redirects(0)
    failed.assertStatus(303)
    const bad = failed.flashMessage('notice')
    assert.equal(bad.tone, 'bad')
    assert.equal(bad.requestId, failed.header('x-request-id'))
    const good = (await act('pause').redirects(0)).flashMessage('notice')
    assert.equal(good.tone, 'good')
    assert.isUndefined(good.requestId)
  })

  test('what bad news say stands on the page with the id, and only good news pass', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson()
    const show = async (tone: string) => {
      const notice = { tone, text: 'So it went.', requestId: tone === 'bad' ? 'request-7' : undefined }
      return (await client.get('/').withFlashMessages({ notice }).loginAs(user)).text()
    }
    const bad = await show('bad')
    assert.match(bad, /So it went\.[\s\S]*Request id <code>request-7<\/code>/)
    assert.notInclude(bad, 'data-passing')
    assert.include(await show('good'), 'data-passing')
  })

  test('a choice about the frame is remembered, and nonsense is not', async ({ client, assert }) => {
    const choose = (form: Record<string, string>) =>
      client.post('/shell').form(form).withCsrfToken().redirects(0)
    const narrow = await choose({ rail: 'narrow', return_to: '/runs' })
    narrow.assertStatus(303)
    assert.equal(narrow.header('location'), '/runs')
    assert.match(String(narrow.header('set-cookie')), /rail=narrow/)
    const nonsense = await choose({ rail: 'upside down', shortcuts: 'off', return_to: '//evil.example' })
    assert.equal(nonsense.header('location'), '/')
    assert.notMatch(String(nonsense.header('set-cookie')), /rail=/)
    assert.match(String(nonsense.header('set-cookie')), /shortcuts=off/)
  })

  test('the rail of a {role} begins with the overview')
    .with([
      { role: 'admin', first: '/', audit: true },
      { role: 'viewer', first: '/', audit: false },
    ] as const)
    .run(async ({ client, assert }, { role, first, audit }) => {
      const { user } = await aPerson(role)
      const html = (await client.get('/').loginAs(user)).text()
      const rail = html.slice(html.indexOf('class="rail-list"'), html.indexOf('class="rail-foot"'))
      const links = [...rail.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)
      assert.equal(links[0], first)
      assert.include(links, '/settings')
      assert.equal(links.includes('/audit'), audit)
      assert.match(rail, /href="\/"[^>]*aria-current="page"/)
    })

  test('an error page speaks the reader’s language, a program hears English', async ({ client, assert }) => {
    const page = await client.get('/nothing').header('Accept', 'text/html').header('Accept-Language', 'ja')
    page.assertStatus(404)
    assert.include(page.text(), '見つかりません')
    const answer = await client
      .get('/nothing')
      .header('Accept', 'application/json')
      .header('Accept-Language', 'ja')
    assert.equal(answer.body().title, 'Not Found')
  })

  test('scripts get their words in the reader’s language', async ({ client, assert }) => {
    const { user } = await aPerson()
    const html = (await client.get('/').header('Accept-Language', 'fr').loginAs(user)).text()
    const words = JSON.parse(/data-words="([^"]*)"/.exec(html)![1].replaceAll('&quot;', '"'))
    assert.equal(words.live.offline, 'Hors ligne depuis {time}')
    assert.equal(words.heartbeat.last, 'Dernier battement il y a {span}')
  })

  test('the help tells of the keys for rows to all who have an inbox, of those for accounts to staff', async ({
    client,
    assert,
  }) => {
    for (const [role, home, isStaff] of [
      ['viewer', '/', true],
      ['streamer', '/streamer', false],
    ] as const) {
      const { user } = await aPerson(role)
      const page = (await client.get(home).loginAs(user)).text()
      assert.include(page, 'Open the row', role)
      assert[isStaff ? 'include' : 'notInclude'](page, 'Select the row', role)
    }
  })
})
