/** Channels and deliveries by the API: a program adds its webhook, hears of events, and sees what became of them. */
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { Webhook } from 'standardwebhooks'
import notificationSettings from '#config/notifications'
import { uuid } from '#models/uuid'
import { Dispatcher } from '#notifications/dispatcher'
import { NO_NUMBERS } from '#notifications/rule_numbers'
import type { RuleInput } from '#notifications/rule_problems'
import { RuleService } from '#notifications/rules'
import { systemClock } from '#services/system_clock'
import { anApiCaller, callApi, type ApiAnswer, type ApiCaller } from '#tests/helpers/api_caller'
import { deliveryFixture, ORGANIZATION } from '#tests/helpers/delivery_fixture'
import { HttpReceiver } from '#tests/helpers/receivers/http_receiver'
import { MINUTE } from '#tests/helpers/refresh_fixtures'

const NOWHERE = '00000000-0000-7000-8000-0000000000ff'
const PATH = 'SECRET-PATH'
const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]
const dataOf = ({ body }: ApiAnswer) => body.data as Record<string, unknown>[]

/** The application's notifications on a clock of the test, a real receiver, and a program of the organization. */
async function scene(context: TestContext) {
  const cleanup = (work: () => Promise<void>) => context.cleanup(work)
  const fixture = await deliveryFixture('sqlite', cleanup)
  const receiver = await HttpReceiver.start(cleanup)
  const { clock, driver, channels, log: deliveries } = fixture
  const own = await app.container.make('notifications')
  const rules = new RuleService({ driver, clock })
  app.container.bindValue('notifications', { ...own, channels, deliveries, rules })
  context.cleanup(() => app.container.bindValue('notifications', own))
  // The library that verifies knows no other clock than the host's.
  clock.advance(systemClock.now() - clock.now())
  const caller = await anApiCaller({ organizationId: ORGANIZATION })
  const webhook = { kind: 'webhook', name: 'Billing', target: receiver.url(`/${PATH}`) }
  const dispatcher = new Dispatcher({ driver, clock, settings: notificationSettings })
  const tell = async (name: string, connectionId: string) => {
    const at = clock.now()
    await fixture.run(
      `INSERT INTO events (id, organization_id, connection_id, provider, name, severity, dedupe_key, created_at)
       VALUES (?, ?, ?, 'acme', ?, 'high', ?, ?t)`,
      [uuid(at), ORGANIZATION, connectionId, name, `${name}:${connectionId}:${at}`, at]
    )
    await dispatcher.tick()
    clock.advance(MINUTE)
    await fixture.notifier().tick()
  }
  return { ...fixture, receiver, caller, rules, webhook, tell }
}

const patch = ({ key }: ApiCaller, path: string, body: object) =>
  callApi(path, {
    method: 'PATCH',
    headers: { 'authorization': `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

async function add(caller: ApiCaller, body: object): Promise<Record<string, unknown> & { id: string }> {
  const made = await caller.post('/channels', body)
  if (made.status !== 201) throw new Error(made.text)
  return made.body as Record<string, unknown> & { id: string }
}

test.group('API: channels', (group) => {
  group.each.timeout(20_000)

  test('one call adds a webhook that hears of its events, signed with the secret that only it told', async (context) => {
    const { assert } = context
    const { caller, webhook, receiver, connect, tell } = await scene(context)
    const connection = await connect('ana')
    const made = await caller.post('/channels', { ...webhook, events: ['connection.needs_reauth'] })
    assert.equal(made.status, 201)
    const { id, signing_secret: secret, created_at: at, ...rest } = made.body
    assert.equal(made.headers.get('location'), `/api/v1/channels/${id}`)
    assert.match(String(secret), /^whsec_/)
    assert.isString(at)
    assert.deepEqual(rest, {
      kind: 'webhook',
      name: 'Billing',
      target: receiver.host,
      events: ['connection.needs_reauth'],
      last_delivered_at: null,
      failing_since: null,
      disabled_at: null,
      disabled_reason: null,
    })
    await tell('connection.suspended', connection)
    assert.lengthOf(receiver.received, 0)
    await tell('connection.needs_reauth', connection)
    const [{ body, headers }] = receiver.received
    const told = new Webhook(String(secret)).verify(body, headers as Record<string, string>)
    assert.deepInclude(told, { type: 'connection.needs_reauth' })
    const shown = await caller.get(`/channels/${id}`)
    assert.isNotNull(shown.body.last_delivered_at)
    assert.notProperty(shown.body, 'signing_secret')
    const list = await caller.get('/channels')
    assert.deepEqual(list.body, { data: [shown.body], next_cursor: null, previous_cursor: null })
    for (const { text } of [shown, list]) assert.notInclude(text, PATH)
  })

  test('each kind is added; an empty list of events is everything, none at all is silence', async (context) => {
    const { assert } = context
    const { caller, webhook, rules } = await scene(context)
    const kinds = [
      { kind: 'email', name: 'Mail', target: 'alerts@receiver.example' },
      { kind: 'slack_webhook', name: 'Slack', target: 'https://hooks.slack.com/services/T0/B0/X' },
      { kind: 'discord_webhook', name: 'Discord', target: 'https://discord.com/api/webhooks/1/X' },
    ]
    for (const one of kinds) {
      const made = await add(caller, { ...one, events: [] })
      assert.deepInclude(made, { kind: one.kind, events: [] })
      assert.notProperty(made, 'signing_secret')
    }
    const silent = await add(caller, webhook)
    assert.isNull(silent.events)
    const stored = await rules.ofOrganization(ORGANIZATION)
    assert.sameMembers(
      stored.map(({ name }) => name),
      ['Mail', 'Slack', 'Discord']
    )
    assert.isTrue(stored.every(({ isActive, events }) => isActive && events.length === 0))
  })

  test('what is wrong is refused by field, and nothing is left behind', async (context) => {
    const { assert } = context
    const { caller, webhook, all } = await scene(context)
    const slack = { kind: 'slack_webhook', name: 'Slack', target: 'https://hooks.slack.com/services/T0/B0/X' }
    const wrong: [object, string][] = [
      [{ ...webhook, kind: 'pigeon' }, 'kind'],
      [{ ...webhook, name: '' }, 'name'],
      [{ ...webhook, target: 'nonsense' }, 'target'],
      [{ ...webhook, target: 'https://u:p@receiver.example/' }, 'target'],
      [{ ...webhook, events: ['connection.exploded'] }, 'events.0'],
      [{ ...slack, events: ['connection.refreshed'] }, 'events'],
      [{ ...webhook, url: 'https://receiver.example' }, 'url'],
    ]
    for (const [body, field] of wrong) {
      const answer = await caller.post('/channels', body)
      assert.deepEqual(codeOf(answer), [422, 'validation_failed'], JSON.stringify(body))
      assert.containSubset(answer.body.errors, [{ field }])
    }
    assert.deepEqual(await all('SELECT id FROM notification_channels'), [])
    assert.deepEqual(await all('SELECT id FROM notification_rules'), [])
    const { id } = await add(caller, slack)
    for (const [body, field] of [
      [{ target: 'nonsense', events: ['run.failed'] }, 'target'],
      [{ name: 'New', events: ['connection.refreshed'] }, 'events'],
      [{ kind: 'webhook' }, 'kind'],
    ] as const) {
      const answer = await patch(caller, `/channels/${id}`, body)
      assert.deepEqual(codeOf(answer), [422, 'validation_failed'])
      assert.containSubset(answer.body.errors, [{ field }])
    }
    assert.deepInclude((await caller.get(`/channels/${id}`)).body, { name: 'Slack', events: null })
  })

  test('a change touches what it names; rules that people wrote stay theirs', async (context) => {
    const { assert } = context
    const { caller, webhook, rules, all } = await scene(context)
    const { id } = await add(caller, { ...webhook, events: ['run.failed'] })
    const narrow: RuleInput = {
      ...{ name: 'Only acme', events: [], providers: ['acme'], tags: [], channels: [id] },
      severity: 'high',
      numbers: NO_NUMBERS,
      scope: 'organization',
      digest: 'none',
      isActive: true,
    }
    const actor = { organizationId: ORGANIZATION, userId: '', role: 'operator' } as const
    await rules.create(actor, narrow, { ofOrganization: true })
    const renamed = await patch(caller, `/channels/${id}`, { name: 'Ledger' })
    assert.deepInclude(renamed.body, { name: 'Ledger', events: ['run.failed'] })
    const moved = await patch(caller, `/channels/${id}`, { target: 'https://other.example/x' })
    assert.deepInclude(moved.body, { name: 'Ledger', target: 'other.example' })
    const heard = await patch(caller, `/channels/${id}`, { events: ['connection.connected'] })
    assert.deepEqual(heard.body.events, ['connection.connected'])
    assert.lengthOf(await rules.ofOrganization(ORGANIZATION), 2)
    assert.isNull((await patch(caller, `/channels/${id}`, { events: null })).body.events)
    const [left, ...more] = await rules.ofOrganization(ORGANIZATION)
    assert.deepInclude(left, narrow)
    assert.lengthOf(more, 0)
    await patch(caller, `/channels/${id}`, { events: [] })
    const gone = await caller.delete(`/channels/${id}`)
    assert.deepEqual([gone.status, gone.text], [204, ''])
    assert.deepEqual(codeOf(await caller.delete(`/channels/${id}`)), [404, 'not_found'])
    assert.deepEqual(await all('SELECT id FROM notification_channels'), [])
    assert.lengthOf(await rules.ofOrganization(ORGANIZATION), 1)
  })

  test('a rotated secret signs beside the old one; what has none says so', async (context) => {
    const { assert } = context
    const { caller, webhook, receiver, connect, tell } = await scene(context)
    const { id, signing_secret: first } = await add(caller, { ...webhook, events: [] })
    const rotated = await caller.post(`/channels/${id}/rotate-secret`)
    assert.deepEqual([rotated.status, Object.keys(rotated.body)], [200, ['signing_secret']])
    assert.notEqual(rotated.body.signing_secret, first)
    await tell('connection.needs_reauth', await connect('ana'))
    const [{ body, headers }] = receiver.received
    for (const secret of [first, rotated.body.signing_secret])
      assert.doesNotThrow(() => new Webhook(String(secret)).verify(body, headers as Record<string, string>))
    const mail = await add(caller, { kind: 'email', name: 'Mail', target: 'alerts@receiver.example' })
    const none = await caller.post(`/channels/${mail.id}/rotate-secret`)
    assert.deepEqual(codeOf(none), [409, 'no_signing_secret'])
  })

  test('a disabled channel says why and is enabled again', async (context) => {
    const { assert } = context
    const { caller, webhook, receiver, connect, tell } = await scene(context)
    const { id } = await add(caller, { ...webhook, events: [] })
    receiver.behaviour = () => ({ status: 410 })
    await tell('connection.needs_reauth', await connect('ana'))
    const disabled = await caller.get(`/channels/${id}`)
    assert.equal(disabled.body.disabled_reason, 'gone')
    const [delivery] = dataOf(await caller.get(`/channels/${id}/deliveries`))
    const refused = await caller.post(`/deliveries/${delivery.id}/redeliver`)
    assert.deepEqual(codeOf(refused), [409, 'channel_disabled'])
    for (const time of ['first', 'second']) {
      const enabled = await caller.post(`/channels/${id}/enable`)
      assert.deepInclude(enabled.body, { disabled_at: null, disabled_reason: null }, time)
    }
  })
})

test.group('API: deliveries', (group) => {
  group.each.timeout(20_000)

  test('a test is a delivery that can be watched, and sent again under its id', async (context) => {
    const { assert } = context
    const { caller, webhook, receiver, notifier, clock } = await scene(context)
    const { id } = await add(caller, webhook)
    const asked = await caller.post(`/channels/${id}/test`)
    assert.equal(asked.status, 202)
    const path = `/deliveries/${asked.body.delivery_id}`
    assert.equal(asked.headers.get('location'), `/api/v1${path}`)
    assert.deepInclude((await caller.get(path)).body, { state: 'waiting', attempts: 0, history: [] })
    receiver.behaviour = () => ({ status: 500, body: 'out of order' })
    await notifier().tick()
    const dead = await caller.get(path)
    const expected = { channel_id: id, kind: 'webhook', is_test: true, is_digest: false, event: null }
    assert.deepInclude(dead.body, { ...expected, state: 'dead', attempts: 1, last_status: 500 })
    assert.containSubset(dead.body.history, [{ status: 500, answer: 'out of order' }])
    receiver.behaviour = () => ({ status: 204 })
    const again = await caller.post(`${path}/redeliver`, {})
    assert.deepEqual([again.status, again.body.state], [202, 'waiting'])
    clock.advance(MINUTE)
    await notifier().tick()
    const done = await caller.get(path)
    assert.deepInclude(done.body, { state: 'delivered', last_status: 204 })
    assert.lengthOf(done.body.history as object[], 2)
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    assert.deepEqual(ids, [ids[0], ids[0]])
    assert.notInclude(done.text, PATH)
  })

  test('the list is one channel’s, newest first, by state, in pages', async (context) => {
    const { assert } = context
    const { caller, webhook, notifier, clock } = await scene(context)
    const [one, other] = [await add(caller, webhook), await add(caller, { ...webhook, name: 'Other' })]
    const sent: unknown[] = []
    for (let count = 0; count < 51; count++) {
      clock.advance(1)
      sent.unshift((await caller.post(`/channels/${one.id}/test`)).body.delivery_id)
    }
    await caller.post(`/channels/${other.id}/test`)
    const path = `/channels/${one.id}/deliveries`
    const first = await caller.get(path)
    const second = await caller.get(`${path}?cursor=${first.body.next_cursor}`)
    const ids = [...dataOf(first), ...dataOf(second)].map(({ id }) => id)
    assert.deepEqual(ids, sent)
    assert.isNull(second.body.next_cursor)
    assert.isNotNull(second.body.previous_cursor)
    assert.lengthOf(dataOf(await caller.get(`${path}?state=delivered`)), 0)
    await notifier().tick()
    assert.isAbove(dataOf(await caller.get(`${path}?state=delivered`)).length, 0)
    const short = await caller.get(`${path}?limit=50&cursor=${second.body.previous_cursor}`)
    assert.deepEqual(
      dataOf(short).map(({ id }) => id),
      sent.slice(0, 50)
    )
    assert.lengthOf(dataOf(await caller.get(`${path}?limit=51`)), 51)
    for (const query of ['limit=201', 'state=lost', 'cursor=nonsense', 'stat=dead'])
      assert.deepEqual(codeOf(await caller.get(`${path}?${query}`)), [422, 'validation_failed'], query)
  })

  test('messages to people are not for programs', async (context) => {
    const { assert } = context
    const { caller, run, clock } = await scene(context)
    const id = uuid(clock.now())
    await run(
      `INSERT INTO deliveries (id, organization_id, channel, target, state, due_at, created_at, updated_at)
       VALUES (?, ?, 'email', 'user:somebody', 'waiting', ?t, ?t, ?t)`,
      [id, ORGANIZATION, clock.now(), clock.now(), clock.now()]
    )
    assert.deepEqual(codeOf(await caller.get(`/deliveries/${id}`)), [404, 'not_found'])
    assert.deepEqual(codeOf(await caller.post(`/deliveries/${id}/redeliver`)), [404, 'not_found'])
  })
})

test.group('API: whose channels these are', (group) => {
  group.each.timeout(20_000)

  test('another organization finds none of them, and nobody without the ability', async (context) => {
    const { assert } = context
    const { caller, webhook, all } = await scene(context)
    const { id } = await add(caller, { ...webhook, events: [] })
    const { delivery_id: delivery } = (await caller.post(`/channels/${id}/test`)).body
    const reader = await anApiCaller({ organizationId: ORGANIZATION, abilities: ['notifications:read'] })
    const writer = await anApiCaller({ organizationId: ORGANIZATION, abilities: ['notifications:write'] })
    const stranger = await anApiCaller()
    const reads = ['/channels', `/channels/${id}`, `/channels/${id}/deliveries`, `/deliveries/${delivery}`]
    const writes: ((who: ApiCaller, channel: string, message: string) => Promise<ApiAnswer>)[] = [
      (who, channel) => patch(who, `/channels/${channel}`, { name: 'Mine' }),
      (who, channel) => who.delete(`/channels/${channel}`),
      ...['test', 'rotate-secret', 'enable'].map((action) => (who: ApiCaller, channel: string) => {
        return who.post(`/channels/${channel}/${action}`)
      }),
      (who, _, message) => who.post(`/deliveries/${message}/redeliver`),
    ]
    const before = await all('SELECT * FROM notification_channels')
    for (const path of reads) {
      assert.equal((await reader.get(path)).status, 200, path)
      assert.deepEqual(codeOf(await writer.get(path)), [403, 'insufficient_ability'], path)
      if (path !== '/channels') assert.deepEqual(codeOf(await stranger.get(path)), [404, 'not_found'], path)
    }
    assert.deepEqual(dataOf(await stranger.get('/channels')), [])
    assert.deepEqual(codeOf(await reader.post('/channels', webhook)), [403, 'insufficient_ability'])
    for (const write of writes) {
      const [one, two] = [id, String(delivery)]
      assert.deepEqual(codeOf(await write(reader, one, two)), [403, 'insufficient_ability'])
      assert.deepEqual(codeOf(await write(stranger, one, two)), [404, 'not_found'])
      for (const wrong of ['nonsense', NOWHERE])
        assert.deepEqual(codeOf(await write(caller, wrong, wrong)), [404, 'not_found'])
    }
    assert.deepEqual(await all('SELECT * FROM notification_channels'), before)
  })
})
