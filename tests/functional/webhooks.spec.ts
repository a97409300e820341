import { execFile } from 'node:child_process'
import { test } from '@japa/runner'
import type { Webhook } from 'standardwebhooks'
import { webhookBody } from '#notifications/channels/webhook_body'
import type { Matter, Message } from '#notifications/types'
import type { Secret } from '#oauth/secret'
import { systemClock } from '#services/system_clock'
import { compiledModule } from '#tests/helpers/compiled'
import { deliveryFixture, ORGANIZATION, type DeliveryFixture } from '#tests/helpers/delivery_fixture'
import { HttpReceiver, type Received } from '#tests/helpers/receivers/http_receiver'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const VERIFIER = compiledModule(new URL('../helpers/receivers/verify_webhook.ts', import.meta.url))

type Verdict = { verified: ReturnType<Webhook['verify']> } | { refused: string }

/** Lets the library verify in a process that has nothing else of ours. */
async function verify(cases: { secret: Secret | null; received: Received }[]): Promise<Verdict[]> {
  const told = cases.map(({ secret, received: { headers, body } }) => ({
    ...{ secret: secret?.reveal(), headers, body },
  }))
  const child = execFile(process.execPath, [VERIFIER])
  const output: string[] = []
  child.stdout?.on('data', (text: string) => output.push(text))
  child.stdin?.end(JSON.stringify(told))
  await new Promise((resolve) => child.once('close', resolve))
  return JSON.parse(output.join('')) as Verdict[]
}

test.group('Webhooks', (group) => {
  let fixture: DeliveryFixture
  let receiver: HttpReceiver
  let channel: { id: string; signingSecret: Secret | null }
  group.each.timeout(20_000)
  group.each.setup(async (context) => {
    const cleanup = (work: () => Promise<void>) => context.cleanup(work)
    fixture = await deliveryFixture('sqlite', cleanup)
    receiver = await HttpReceiver.start(cleanup)
    channel = await fixture.channel('webhook', receiver.url())
    // The library knows no other clock than the host's.
    fixture.clock.advance(systemClock.now() - fixture.clock.now())
  })

  const due = () => ({ due_at: fixture.clock.now() })

  test('the library of Standard Webhooks verifies what we sign, in another process', async ({ assert }) => {
    const connection = await fixture.connect('ana', { display_name: 'Ana' })
    const id = await fixture.message(channel.id, { provider: 'acme', cause: 'rejected' }, due())
    const [item] = await fixture.all('SELECT notification_id FROM delivery_items', [])
    const event = '00000000-0000-7000-8000-0000000000ee'
    await fixture.run(
      'INSERT INTO notification_events (notification_id, event_id, connection_id) VALUES (?, ?, ?)',
      [item.notification_id as string, event, connection]
    )
    await fixture.notifier().tick()
    const [received] = receiver.received
    const [first] = await verify([{ secret: channel.signingSecret, received }])
    assert.property(first, 'verified')
    const { type, timestamp, data } = (
      first as { verified: { type: string; timestamp: string; data: Record<string, unknown> } }
    ).verified
    assert.equal(type, 'run.failed')
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepInclude(data, {
      organization_id: ORGANIZATION,
      provider: 'acme',
      cause: 'rejected',
      severity: 'high',
      job: 'auto-token-refresh',
      connection_ids: [connection],
    })
    assert.deepEqual(data.accounts, [{ connection_id: connection, provider: 'acme', name: 'Ana' }])
    assert.equal(received.headers['webhook-id'], id)
    assert.equal(received.headers['content-type'], 'application/json')
  })

  test('a body, an id or a time that somebody changed does not verify, nor does another secret', async ({
    assert,
  }) => {
    await fixture.message(channel.id, {}, due())
    await fixture.notifier().tick()
    const [received] = receiver.received
    const other = await fixture.channel('webhook', receiver.url())
    const secret = channel.signingSecret
    const headers = (changes: Record<string, string>) => ({
      ...received,
      headers: { ...received.headers, ...changes },
    })
    const seconds = Number(received.headers['webhook-timestamp'])
    const verdicts = await verify([
      { secret, received: { ...received, body: received.body.replace('run.failed', 'run.passed') } },
      { secret, received: headers({ 'webhook-id': 'another' }) },
      { secret, received: headers({ 'webhook-timestamp': String(seconds - 1) }) },
      { secret: other.signingSecret, received },
      { secret, received },
    ])
    assert.deepEqual(
      verdicts.map((verdict) => 'verified' in verdict),
      [false, false, false, false, true]
    )
  })

  test('a message that was recorded and is played again after five minutes is refused', async ({
    assert,
  }) => {
    fixture.clock.advance(-5 * 60_000 - 2_000)
    await fixture.message(channel.id, {}, due())
    await fixture.notifier().tick()
    fixture.clock.advance(5 * 60_000 + 2_000)
    await fixture.message(channel.id, {}, due())
    await fixture.notifier().tick()
    const verdicts = await verify(
      receiver.received.map((received) => ({ secret: channel.signingSecret, received }))
    )
    assert.deepEqual(verdicts[0], { refused: 'Message timestamp too old' })
    assert.property(verdicts[1], 'verified')
  })

  test('each attempt has a time of its own, so that a late one still verifies', async ({ assert }) => {
    fixture.clock.advance(-HOUR)
    receiver.next({ status: 503, headers: { 'retry-after': '3600' } })
    await fixture.message(channel.id, {}, due())
    const notifier = fixture.notifier()
    await notifier.tick()
    fixture.clock.advance(HOUR)
    await notifier.tick()
    const [first, second] = receiver.received
    assert.equal(first.body, second.body)
    assert.property((await verify([{ secret: channel.signingSecret, received: second }]))[0], 'verified')
  })

  test('for a day after a rotation both secrets verify, then the new one only', async ({ assert }) => {
    const old = channel.signingSecret
    const DAY = 24 * HOUR
    fixture.clock.advance(-DAY)
    const fresh = await fixture.channels.rotateSecret(ORGANIZATION, channel.id)
    assert.match(fresh?.reveal() ?? '', /^whsec_[A-Za-z0-9+/]{43}=$/)
    const notifier = fixture.notifier()
    fixture.clock.advance(DAY - 1)
    await fixture.message(channel.id, {}, due())
    await notifier.tick()
    fixture.clock.advance(1)
    await fixture.message(channel.id, {}, due())
    await notifier.tick()
    const [during, after] = receiver.received
    assert.lengthOf(String(during.headers['webhook-signature']).split(' '), 2)
    assert.lengthOf(String(after.headers['webhook-signature']).split(' '), 1)
    const verdicts = await verify([
      { secret: old, received: during },
      { secret: fresh, received: during },
      { secret: old, received: after },
      { secret: fresh, received: after },
    ])
    assert.deepEqual(
      verdicts.map((verdict) => 'verified' in verdict),
      [true, true, false, true]
    )
  })

  test('a test says that it is one, and is signed', async ({ assert }) => {
    const id = await fixture.channels.test(ORGANIZATION, channel.id)
    await fixture.notifier().tick()
    const [received] = receiver.received
    assert.deepInclude(JSON.parse(received.body), { type: 'test', data: { organization_id: ORGANIZATION } })
    assert.equal(received.headers['webhook-id'], id)
    assert.property((await verify([{ secret: channel.signingSecret, received }]))[0], 'verified')
  })
})

test.group('Bodies of webhooks', () => {
  const matter = (overrides: Partial<Matter> = {}): Matter => ({
    ...{
      id: 'm',
      event: 'connection.deactivated',
      severity: 'urgent',
      provider: 'acme',
      providerName: 'Acme',
    },
    ...{ cause: 'rejected', data: { code: 'invalid_grant' }, count: 1, accounts: [], connectionIds: [] },
    ...{ firstAt: NOW, lastAt: NOW + 1 },
    ...overrides,
  })
  const message = (matters: Matter[], overrides: Partial<Message> = {}): Message => ({
    ...{ id: 'd', organizationId: 'o', organizationName: 'Main', matters, isDigest: false, isTest: false },
    ...{ locale: 'en', timeZone: 'UTC', audience: 'staff', createdAt: NOW + 2 },
    ...overrides,
  })

  test('thousands of accounts are counted, the first hundred named, all identified', ({ assert }) => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `c-${index}`)
    const accounts = ids.slice(0, 300).map((id) => ({ connectionId: id, provider: 'acme', name: id }))
    const { data } = JSON.parse(
      webhookBody(message([matter({ count: 10_000, accounts, connectionIds: ids })]))
    )
    assert.equal(data.total, 10_000)
    assert.lengthOf(data.accounts, 100)
    assert.lengthOf(data.connection_ids, 10_000)
  })

  test('what an event tells cannot stand in for what we tell', ({ assert }) => {
    const data = { organization_id: 'forged', total: 99, severity: 'normal' }
    const body = JSON.parse(webhookBody(message([matter({ data })])))
    assert.deepInclude(body.data, { organization_id: 'o', total: 1, severity: 'urgent' })
  })

  test('a digest holds a body for each matter, also where it is only one', ({ assert }) => {
    for (const count of [1, 3]) {
      const matters = Array.from({ length: count }, () => matter())
      const body = JSON.parse(webhookBody(message(matters, { isDigest: true })))
      assert.equal(body.type, 'digest')
      assert.equal(body.data.items.length, count)
      assert.deepInclude(body.data.items[0], { type: 'connection.deactivated' })
    }
  })
})
