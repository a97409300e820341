import string from '@adonisjs/core/helpers/string'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { EVENT_NAMES, type Message } from '#notifications/types'
import { aCast } from '#tests/helpers/campaign_people'
import { emptyTables } from '#tests/helpers/database'
import { aDelivery, anAttemptOf } from '#tests/helpers/notification_rows'
import { aPerson } from '#tests/helpers/people'

const HOOK = 'https://hooks.example.com/in/SECRET-PART'

type Client = import('@japa/api-client').ApiClient
type User = import('#models/user').default

const get = (client: Client, path: string, user: User) =>
  client.get(path).loginAs(user).header('Accept', 'text/html')

const post = (client: Client, path: string, user: User, form: Record<string, unknown> = {}) =>
  client.post(path).form(form).loginAs(user).withCsrfToken().redirects(0).header('Accept', 'text/html')

/** A channel of the organization, as the form makes it. */
async function aChannel(organizationId: string, kind: 'webhook' | 'email' = 'webhook', name = 'Our hook') {
  const { channels } = await app.container.make('notifications')
  const target = kind === 'email' ? 'team@example.com' : HOOK
  const made = await channels.create(organizationId, { kind, name, target })
  if (!made.ok) throw new Error(made.problems[0].message)
  return made.id
}

/** A test message as it is kept from its first attempt on. */
function aTest({ id, name }: { id: string; name: string }, locale: Message['locale'] = 'en'): Message {
  return {
    ...{ id: 'message', organizationId: id, organizationName: name, locale, timeZone: 'Europe/Paris' },
    ...{ matters: [], isDigest: false, isTest: true, createdAt: Date.now(), audience: 'staff' },
  }
}

const RULE = { name: 'Night watch', isActive: 'yes', which: 'all', severity: 'high', digest: 'none' }

test.group('Alerts: who may see and change what', (group) => {
  group.each.setup(() => emptyTables())

  test('{role} gets {status} for channels, deliveries and the organization’s rules')
    .with([
      { role: 'admin', status: 200 },
      { role: 'operator', status: 200 },
      { role: 'viewer', status: 403 },
      { role: 'game_master', status: 403 },
      { role: 'streamer', status: 403 },
    ] as const)
    .run(async ({ client, assert }, { role, status }) => {
      const { organization, people } = await aCast()
      const channel = await aChannel(organization.id)
      const delivery = await aDelivery(organization, { channel_id: channel, state: 'dead' })
      const user = people[role]
      for (const path of [
        '/alerts/channels',
        '/alerts/channels/new',
        `/alerts/channels/${channel}`,
        '/alerts/deliveries',
        `/alerts/deliveries/${delivery}`,
        '/alerts/rules/new?for=organization',
      ])
        (await get(client, path, user)).assertStatus(status)
      const page = await get(client, '/alerts', user)
      page.assertStatus(200)
      const sees = status === 200
      assert.equal(page.text().includes('href="/alerts/channels"'), sees)
      assert.equal(page.text().includes('id="organization-rules"'), sees)
      assert.include(page.text(), 'Quiet hours')
      assert.include(page.text(), 'href="/alerts/devices"')
    })

  test('a {$self} changes no channel and no delivery, and no rule of the organization')
    .with(['viewer', 'game_master', 'streamer'] as const)
    .run(async ({ client, assert }, role) => {
      const { organization, people } = await aCast()
      const channel = await aChannel(organization.id)
      const delivery = await aDelivery(organization, { channel_id: channel, state: 'dead' })
      await post(client, '/alerts/rules', people.admin, { ...RULE, for: 'organization', channels: [channel] })
      const [{ id: rule }] = await db.from('notification_rules')
      for (const path of [
        '/alerts/channels',
        ...['', '/test', '/rotate', '/enable', '/remove'].map((verb) => `/alerts/channels/${channel}${verb}`),
        `/alerts/deliveries/${delivery}/redeliver`,
        `/alerts/deliveries/${delivery}/cancel`,
      ])
        (await post(client, path, people[role])).assertStatus(403)
      const form = { ...RULE, for: 'organization', channels: [channel] }
      ;(await post(client, '/alerts/rules', people[role], form)).assertStatus(403)
      for (const path of [`/alerts/rules/${rule}`, `/alerts/rules/${rule}/remove`])
        (await post(client, path, people[role], form)).assertStatus(404)
      assert.lengthOf(await db.from('notification_rules'), 1)
      assert.lengthOf(await db.from('notification_channels'), 1)
    })

  test('what belongs to another organization, or to another person, does not exist', async ({
    client,
    assert,
  }) => {
    const { organization, people } = await aCast()
    const { user: stranger } = await aPerson()
    const channel = await aChannel(organization.id)
    const delivery = await aDelivery(organization, { channel_id: channel, state: 'dead' })
    await post(client, '/alerts/rules', people.operator, { ...RULE, channels: ['inbox'] })
    const [{ id: rule }] = await db.from('notification_rules')
    for (const path of [
      `/alerts/channels/${channel}`,
      `/alerts/deliveries/${delivery}`,
      '/alerts/channels/1',
      '/alerts/deliveries/1',
    ])
      (await get(client, path, stranger)).assertStatus(404)
    for (const path of [
      ...['', '/test', '/rotate', '/enable', '/remove'].map((verb) => `/alerts/channels/${channel}${verb}`),
      ...['/redeliver', '/cancel'].map((verb) => `/alerts/deliveries/${delivery}${verb}`),
    ])
      (await post(client, path, stranger)).assertStatus(404)
    for (const user of [stranger, people.admin]) {
      ;(await get(client, `/alerts/rules/${rule}`, user)).assertStatus(404)
      ;(await post(client, `/alerts/rules/${rule}`, user, RULE)).assertStatus(404)
      ;(await post(client, `/alerts/rules/${rule}/remove`, user)).assertStatus(404)
    }
    assert.lengthOf(await db.from('notification_channels'), 1)
    assert.lengthOf(await db.from('notification_rules'), 1)
    assert.notInclude((await get(client, '/alerts/deliveries', stranger)).text(), delivery)
  })

  test('nothing is changed without the form’s token', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const channel = await aChannel(organization.id)
    for (const path of [
      '/alerts/rules',
      '/alerts/preferences',
      '/alerts/channels',
      `/alerts/channels/${channel}/remove`,
    ])
      (await client.post(path).form(RULE).loginAs(user).redirects(0)).assertStatus(419)
    assert.lengthOf(await db.from('notification_rules'), 0)
    assert.lengthOf(await db.from('notification_channels'), 1)
  })
})

test.group('Alerts: rules and preferences', (group) => {
  group.each.setup(() => emptyTables())

  test('without rules the default is shown; it becomes rules of one’s own to change', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson('streamer')
    const before = (await get(client, '/alerts', user)).text()
    assert.include(before, 'Default')
    assert.include(before, 'so the default counts')
    ;(await post(client, '/alerts/rules/default', user)).assertStatus(303)
    const after = (await get(client, '/alerts', user)).text()
    assert.notInclude(after, 'so the default counts')
    const rules = await db.from('notification_rules')
    assert.lengthOf(rules, 2)
    await post(client, '/alerts/rules/default', user)
    assert.lengthOf(await db.from('notification_rules'), 2)
  })

  test('a rule is made, changed, shown in words, and removed', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const chosen = { which: 'chosen', events: ['run.failed', 'connection.expiring'], tags: 'vip, , vip,eu' }
    const form = { ...RULE, ...chosen, scope: 'organization', channels: ['inbox', 'email'], digest: 'daily' }
    ;(await post(client, '/alerts/rules', user, form)).assertStatus(303)
    const [{ id }] = await db.from('notification_rules')
    const text = (await get(client, '/alerts', user)).text()
    for (const words of [
      'Night watch',
      'A run failed',
      'High and urgent',
      'vip, eu',
      'Inbox, E-mail',
      'at 08:00',
    ])
      assert.include(text, words)
    const edit = (await get(client, `/alerts/rules/${id}`, user)).text()
    assert.match(edit, /value="run\.failed"\s+checked/)
    assert.match(edit, /value="vip, eu"/)
    const off = { ...form, isActive: undefined, name: 'Later' }
    ;(await post(client, `/alerts/rules/${id}`, user, off)).assertStatus(303)
    assert.match((await get(client, '/alerts', user)).text(), /Later[\s\S]{0,200}>Off</)
    ;(await post(client, `/alerts/rules/${id}/remove`, user)).assertStatus(303)
    assert.include((await get(client, '/alerts', user)).text(), 'so the default counts')
  })

  test('what a form refuses stands beside its field, and nothing is lost', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const channel = await aChannel(organization.id, 'email')
    const back = async (form: Record<string, unknown>) => {
      const answer = client.post('/alerts/rules').form(form).loginAs(user).withCsrfToken()
      return (await answer).text()
    }
    const nameless = await back({ ...RULE, name: ' ', tags: 'kept', channels: ['inbox'] })
    assert.include(nameless, 'aria-describedby="name-problem"')
    assert.include(nameless, 'value="kept"')
    const nowhere = await back({ ...RULE, for: 'organization', channels: [] })
    assert.include(nowhere, 'aria-describedby="channels-problem"')
    assert.include(nowhere, 'value="Night watch"')
    assert.include(nowhere, channel)
    const nothing = await back({ ...RULE, which: 'chosen', channels: ['inbox'] })
    assert.include(nothing, 'Tick at least one event')
    assert.lengthOf(await db.from('notification_rules'), 0)
  })

  test('a number is kept in the digits of any keyboard, shown in words, and refused beside its field', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson()
    const form = { ...RULE, channels: ['inbox'], grantDays: '３０' }
    ;(await post(client, '/alerts/rules', user, form)).assertStatus(303)
    const [{ id, grant_days: days }] = await db.from('notification_rules')
    assert.equal(days, 30)
    assert.match((await get(client, '/alerts', user)).text(), /Days before access ends<[\s\S]{0,80}>30 days</)
    assert.match(
      (await get(client, `/alerts/rules/${id}`, user)).text(),
      /name="grantDays"[\s\S]{0,120}value="30"/
    )
    const back = async (changes: Record<string, unknown>) => {
      const answer = client
        .post('/alerts/rules')
        .form({ ...form, ...changes })
        .loginAs(user)
        .withCsrfToken()
      return (await answer).text()
    }
    for (const wrong of ['91', 'a month', '-3']) {
      const page = await back({ grantDays: wrong })
      assert.match(page, /aria-describedby="rule-grantDays-hint rule-grantDays-problem"/)
      assert.include(page, `value="${wrong}"`)
      assert.include(page, 'Write a whole number from 1 to 90, or nothing.')
    }
    const idle = await back({ which: 'chosen', events: ['run.failed'] })
    assert.include(idle, 'Tick the event that this number is about')
    assert.lengthOf(await db.from('notification_rules'), 1)
  })

  test('each event can be chosen; refreshes only for channels', async ({ client, assert }) => {
    const { user } = await aPerson()
    const own = (await get(client, '/alerts/rules/new', user)).text()
    const shared = (await get(client, '/alerts/rules/new?for=organization', user)).text()
    const eventsIn = (text: string) =>
      [...text.matchAll(/name="events\[\]"\s+value="([^"]+)"/g)].map(([, name]) => name)
    assert.sameMembers(eventsIn(shared), [...EVENT_NAMES])
    assert.sameMembers(
      eventsIn(own),
      EVENT_NAMES.filter((name) => name !== 'connection.refreshed')
    )
  })

  test('a game master cannot follow the whole organization', async ({ client, assert }) => {
    const { user } = await aPerson('game_master')
    assert.notInclude((await get(client, '/alerts/rules/new', user)).text(), 'value="organization"')
    await post(client, '/alerts/rules', user, { ...RULE, scope: 'organization', channels: ['inbox'] })
    assert.lengthOf(await db.from('notification_rules').where('scope', 'organization'), 0)
  })

  test('quiet hours, zone and language are kept; what is wrong stands beside its field', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson('streamer')
    const form = { quietFrom: '22:00', quietUntil: '07:30', timeZone: 'Asia/Tokyo', locale: 'ja' }
    ;(await post(client, '/alerts/preferences', user, form)).assertStatus(303)
    const text = (await get(client, '/alerts', user)).text()
    assert.match(text, /name="quietFrom"\s+value="22:00"/)
    assert.match(text, /value="Asia\/Tokyo"\s+selected/)
    assert.match(text, /value="ja"[\s\S]{0,60}selected/)
    const wrong = client.post('/alerts/preferences').form({ ...form, quietUntil: '', timeZone: 'Mars/Base' })
    const page = (await wrong.loginAs(user).withCsrfToken()).text()
    assert.match(page, /id="time-zone-problem"/)
    assert.match((await get(client, '/alerts', user)).text(), /value="Asia\/Tokyo"\s+selected/)
  })
})

test.group('Alerts: channels', (group) => {
  group.each.setup(() => emptyTables())

  test('a new channel is offered the language and zone of who adds it, and keeps what is chosen', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    await user.merge({ locale: 'fr', timeZone: 'Europe/Paris' }).save()
    const page = (await get(client, '/alerts/channels/new?kind=email', user)).text()
    assert.match(page, /value="Europe\/Paris"\s+selected/)
    assert.match(page, /value="fr"\s+lang="fr"\s+selected/)
    assert.include(page, 'Ajouter la destination')
    const form = { kind: 'email', name: 'Équipe', address: 'team@example.com' }
    await post(client, '/alerts/channels', user, { ...form, locale: 'ja', timeZone: 'Asia/Tokyo' })
    const [channel] = await db.from('notification_channels').where('organization_id', organization.id)
    assert.deepInclude(channel, { locale: 'ja', time_zone: 'Asia/Tokyo' })
    const shown = (await get(client, `/alerts/channels/${channel.id}`, user)).text()
    assert.match(shown, /Asia\/Tokyo[\s\S]*日本語|日本語[\s\S]*Asia\/Tokyo/)
  })

  test('pages, problems beside fields and notices speak {locale}')
    .with([
      { locale: 'fr', words: ['Destinations', 'Donnez-lui un nom.', 'Saisissez une adresse e-mail'] },
      {
        locale: 'ja',
        words: ['通知先', '名前を入力してください。', 'メールアドレスを1つ入力してください。'],
      },
    ])
    .run(async ({ client, assert }, { locale, words }) => {
      const { user, organization } = await aPerson()
      await user.merge({ locale }).save()
      const form = { kind: 'email', name: '', address: 'nobody' }
      const refused = client.post('/alerts/channels').form(form).loginAs(user).withCsrfToken()
      const text = (await refused).text()
      for (const word of words) assert.include(text, word)
      const channel = await aChannel(organization.id, 'email')
      await aDelivery(organization, { channel_id: channel, state: 'dead', last_code: 'timeout' })
      const pages = ['/alerts', '/alerts/channels', '/alerts/deliveries', '/alerts/devices', '/inbox']
      for (const path of [...pages, '/alerts/rules/new', `/alerts/channels/${channel}`]) {
        const page = (await get(client, path, user)).text()
        // Whole sentences of the English catalogue would stand out.
        assert.notMatch(
          page,
          /Add a|Goes to|Last delivered|Given up|No answer in time|What I hear of|Save</,
          path
        )
        assert.notMatch(page, /\b(?:alerts|inbox)\.[a-z_]+\b(?!\w*@)/, path)
      }
    })

  test('a webhook’s secret is shown once, and never its URL', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const form = { kind: 'webhook', name: 'Our hook', address: HOOK }
    const made = await post(client, '/alerts/channels', user, form)
    made.assertStatus(200)
    made.assertHeader('cache-control', 'no-store')
    const [secret] = /whsec_[A-Za-z0-9+/=]+/.exec(made.text()) ?? []
    assert.isString(secret)
    const [{ id }] = await db.from('notification_channels').where('organization_id', organization.id)
    const rotated = await post(client, `/alerts/channels/${id}/rotate`, user)
    const [second] = /whsec_[A-Za-z0-9+/=]+/.exec(rotated.text()) ?? []
    assert.notEqual(second, secret)
    assert.include(rotated.text(), '24 hours')
    for (const path of ['/alerts/channels', `/alerts/channels/${id}`, '/alerts', '/alerts/deliveries']) {
      const text = (await get(client, path, user)).text()
      assert.notMatch(text, /whsec_|SECRET-PART/)
      if (path !== '/alerts' && path !== '/alerts/deliveries') assert.include(text, 'hooks.example.com')
    }
    for (const answer of [made, rotated])
      assert.notMatch(JSON.stringify([answer.session(), answer.flashMessages()]), /whsec_|SECRET-PART/)
  })

  test('what a form refuses stands beside its field; a URL is not shown again', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson()
    const back = async (form: Record<string, string>) =>
      (await client.post('/alerts/channels').form(form).loginAs(user).withCsrfToken()).text()
    const broken = await back({ kind: 'webhook', name: 'Our hook', address: 'ftp://example.com/SECRET-PART' })
    assert.include(broken, 'aria-describedby="address-hint address-problem"')
    assert.include(broken, 'value="Our hook"')
    assert.notInclude(broken, 'SECRET-PART')
    const address = 'ftp://example.com/SECRET-PART'
    const refused = await post(client, '/alerts/channels', user, {
      kind: 'webhook',
      name: 'Our hook',
      address,
    })
    assert.include(JSON.stringify(refused.flashMessages()), 'Our hook')
    assert.notInclude(JSON.stringify([refused.session(), refused.flashMessages()]), 'SECRET-PART')
    const nameless = await back({ kind: 'email', name: '', address: 'team@example.com' })
    assert.include(nameless, 'aria-describedby="name-problem"')
    assert.include(nameless, 'value="team@example.com"')
    assert.lengthOf(await db.from('notification_channels'), 0)
    const unknown = await post(client, '/alerts/channels', user, { kind: 'pigeon' })
    unknown.assertHeader('location', '/alerts/channels/new')
  })

  test('says which page gives the URL', async ({ client, assert }) => {
    const { user } = await aPerson()
    const slack = (await get(client, '/alerts/channels/new?kind=slack_webhook', user)).text()
    assert.include(slack, 'Incoming Webhooks')
    const discord = (await get(client, '/alerts/channels/new?kind=discord_webhook', user)).text()
    assert.include(discord, 'Copy Webhook URL')
  })

  test('a test makes a delivery and leads to it; a disabled channel says why and can be enabled', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const id = await aChannel(organization.id)
    const tested = await post(client, `/alerts/channels/${id}/test`, user)
    tested.assertStatus(303)
    const [delivery] = await db.from('deliveries')
    tested.assertHeader('location', `/alerts/deliveries/${delivery.id}`)
    assert.include((await get(client, `/alerts/deliveries/${delivery.id}`, user)).text(), 'Test message')
    await db
      .from('notification_channels')
      .where({ id })
      .update({ disabled_at: Date.now(), disabled_reason: 'gone' })
    const page = (await get(client, `/alerts/channels/${id}`, user)).text()
    assert.include(page, 'Nothing is sent to this channel.')
    assert.include(page, 'does not exist any more')
    ;(await post(client, `/alerts/channels/${id}/enable`, user)).assertStatus(303)
    assert.notInclude((await get(client, `/alerts/channels/${id}`, user)).text(), 'Nothing is sent')
  })

  test('is renamed without its URL being written again, and removed', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const id = await aChannel(organization.id)
    ;(await post(client, `/alerts/channels/${id}`, user, { name: 'Renamed', address: '' })).assertStatus(303)
    const text = (await get(client, '/alerts/channels', user)).text()
    assert.include(text, 'Renamed')
    assert.include(text, 'hooks.example.com')
    ;(await post(client, `/alerts/channels/${id}/remove`, user)).assertStatus(303)
    assert.lengthOf(await db.from('notification_channels'), 0)
  })
})

test.group('Alerts: deliveries', (group) => {
  group.each.setup(() => emptyTables())

  test('dead letters are counted on the tab; the log is filtered by state and channel', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const [one, other] = [await aChannel(organization.id), await aChannel(organization.id, 'email', 'Team')]
    const dead = await aDelivery(organization, {
      channel_id: one,
      state: 'dead',
      attempts: 10,
      last_status: 500,
    })
    const sent = await aDelivery(organization, { channel_id: other, channel: 'email', state: 'delivered' })
    const text = (await get(client, '/alerts/channels', user)).text()
    assert.match(text, /tab-count[^>]*>\s*1\s*<span class="sr-only">given up/)
    const ids = async (query: string) =>
      [
        ...(await get(client, `/alerts/deliveries${query}`, user)).text().matchAll(/id="delivery-([^"]+)"/g),
      ].map(([, id]) => id)
    assert.sameMembers(await ids(''), [dead, sent])
    assert.deepEqual(await ids('?state=dead'), [dead])
    assert.deepEqual(await ids(`?channel=${other}`), [sent])
    assert.deepEqual(await ids(`?state=dead&channel=${other}`), [])
    assert.sameMembers(await ids('?state=nonsense&channel=nonsense&cursor=nonsense'), [dead, sent])
  })

  test('the page of one shows each attempt, with the answer escaped', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const channel = await aChannel(organization.id)
    const id = await aDelivery(organization, { channel_id: channel, attempts: 2, last_status: 500 })
    await anAttemptOf(id, { status: 500, code: 'unavailable', answer: '<b onclick="x">down</b>' })
    await anAttemptOf(id, { status: null, code: 'timeout', duration_ms: 10_000 })
    const text = (await get(client, `/alerts/deliveries/${id}`, user)).text()
    assert.include(text, 'Retrying')
    assert.include(text, '&lt;b onclick=')
    assert.notInclude(text, '<b onclick')
    assert.include(text, '10.0 s')
    assert.include(text, 'No answer in time')
    assert.include(text, 'Our hook')
  })

  test('the page of one that has left shows what it says, in the language of its reader', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const message = aTest(organization, 'fr')
    const { wording } = await app.container.make('notifications')
    const { title, action } = wording.words(message)
    const frozen = { message: JSON.stringify(message), state: 'delivered', attempts: 1, is_test: true }
    const id = await aDelivery(organization, { ...frozen, channel_id: await aChannel(organization.id) })
    const text = (await get(client, `/alerts/deliveries/${id}`, user)).text()
    assert.match(text, /class="message-words" lang="fr"/)
    for (const words of [title, action]) assert.include(text, string.escapeHTML(words))
    assert.notInclude(text, 'put into words when it leaves')
  })

  test('the page of one shows what was sent, without what gives the right to send it', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { channels } = await app.container.make('notifications')
    const made = await channels.create(organization.id, { kind: 'webhook', name: 'Our hook', target: HOOK })
    if (!made.ok) throw new Error('No channel')
    const frozen = { message: JSON.stringify(aTest(organization)), state: 'delivered', attempts: 1 }
    const id = await aDelivery(organization, { ...frozen, is_test: true, channel_id: made.id })
    await anAttemptOf(id, { duration_ms: 48 })
    const text = (await get(client, `/alerts/deliveries/${id}`, user)).text()
    for (const line of [
      'POST https://hooks.example.com/…',
      'webhook-id: message',
      '&quot;type&quot;: &quot;test',
    ])
      assert.include(text, line)
    assert.match(text, /webhook-timestamp: \d{10}\n/)
    assert.include(text, 'webhook-signature: v1,…')
    const secret = made.signingSecret?.reveal().slice('whsec_'.length) ?? 'none'
    for (const hidden of ['SECRET-PART', secret]) assert.notInclude(text, hidden)
  })

  test('a message to {channel} is shown in the form of that channel')
    .with([
      { channel: 'email', shows: ['To: you@example.com', 'Subject: ', 'Message-ID: &lt;message@'] },
      { channel: 'discord_webhook', shows: ['POST https://…/…', '&quot;embeds&quot;'] },
      { channel: 'slack_webhook', shows: ['POST https://…/…', '&quot;blocks&quot;'] },
      { channel: 'push', shows: ['&quot;tag&quot;'] },
    ])
    .run(async ({ client, assert }, { channel, shows }) => {
      const { user, organization } = await aPerson()
      await user.merge({ email: 'you@example.com' }).save()
      const frozen = { message: JSON.stringify(aTest(organization)), is_test: true, user_id: user.id }
      const id = await aDelivery(organization, { ...frozen, channel, state: 'delivered', attempts: 1 })
      const text = (await get(client, `/alerts/deliveries/${id}`, user)).text()
      for (const line of shows) assert.include(text, line)
    })

  test('one that has not left yet has no request', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const id = await aDelivery(organization, { channel_id: await aChannel(organization.id) })
    assert.notInclude((await get(client, `/alerts/deliveries/${id}`, user)).text(), 'delivery-request')
  })

  test('is sent again under its own id, and cancelled while it waits', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const channel = await aChannel(organization.id)
    const id = await aDelivery(organization, { channel_id: channel, state: 'dead', attempts: 10 })
    ;(await post(client, `/alerts/deliveries/${id}/redeliver`, user)).assertStatus(303)
    assert.deepEqual(
      (await db.from('deliveries')).map((row) => [row.id, row.state]),
      [[id, 'waiting']]
    )
    ;(await post(client, `/alerts/deliveries/${id}/cancel`, user)).assertStatus(303)
    assert.equal((await db.from('deliveries').first()).state, 'cancelled')
    const again = client.post(`/alerts/deliveries/${id}/cancel`).loginAs(user).withCsrfToken()
    assert.include((await again).text(), 'It does not wait any more')
  })
})
