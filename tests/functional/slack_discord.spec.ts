import { test } from '@japa/runner'
import { deliveryFixture, ORGANIZATION, type DeliveryFixture } from '#tests/helpers/delivery_fixture'
import { discord } from '#tests/helpers/receivers/discord_rules'
import { HttpReceiver, type Reply } from '#tests/helpers/receivers/http_receiver'
import { slack } from '#tests/helpers/receivers/slack_rules'
import { NOW, SECOND } from '#tests/helpers/refresh_fixtures'

const SERVICES = {
  slack_webhook: { rules: slack, accepted: 200 },
  discord_webhook: { rules: discord, accepted: 204 },
} as const

const json = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

test.group('Slack and Discord', (group) => {
  let fixture: DeliveryFixture
  let receiver: HttpReceiver
  group.each.timeout(20_000)
  group.each.setup(async (context) => {
    const cleanup = (work: () => Promise<void>) => context.cleanup(work)
    fixture = await deliveryFixture('sqlite', cleanup)
    receiver = await HttpReceiver.start(cleanup)
  })

  /** A message about accounts with these names. */
  async function about(channelId: string, names: readonly string[]): Promise<string> {
    const matter = {
      event: 'connection.deactivated',
      severity: 'urgent',
      provider: 'acme',
      cause: 'rejected',
    }
    const data = JSON.stringify({ cause: 'rejected', code: 'invalid_grant', description: '*_~`'.repeat(900) })
    const id = await fixture.message(channelId, { ...matter, data, count: names.length })
    const [{ notification_id: notification }] = await fixture.all(
      'SELECT notification_id FROM delivery_items WHERE delivery_id = ?',
      [id]
    )
    for (const [index, name] of names.entries()) {
      const connection = await fixture.connect(`${id}-${index}`, { display_name: name })
      await fixture.run(
        'INSERT INTO notification_events (notification_id, event_id, connection_id) VALUES (?, ?, ?)',
        [notification as string, connection, connection]
      )
    }
    return id
  }

  for (const [kind, { rules, accepted }] of Object.entries(SERVICES)) {
    test(`${kind}: a message and a test are within its rules`, async ({ assert }) => {
      receiver.behaviour = rules
      const { id } = await fixture.channel(kind as keyof typeof SERVICES, receiver.url())
      const delivery = await about(id, ['Ana', 'Ben'])
      const trial = await fixture.channels.test(ORGANIZATION, id)
      await fixture.notifier().tick()
      for (const one of [delivery, String(trial)])
        assert.deepInclude(await fixture.delivery(one), { state: 'delivered', last_status: accepted })
      const bodies = receiver.received.map(({ body }) => body).join('\n')
      for (const text of ['Ana', 'Ben', 'https://evergrant.example/']) assert.include(bodies, text)
    })

    test(`${kind}: hostile names of any length stay within its rules and mention nobody`, async ({
      assert,
    }) => {
      receiver.behaviour = rules
      const { id } = await fixture.channel(kind as keyof typeof SERVICES, receiver.url())
      const names = [
        '<!channel> @everyone @here',
        '*_~`|>'.repeat(40),
        '&<>'.repeat(80),
        '\u{1F600}'.repeat(120),
      ]
      const delivery = await about(
        id,
        Array.from({ length: 30 }, (_, index) => names[index % names.length])
      )
      await fixture.notifier().tick()
      assert.deepInclude(await fixture.delivery(delivery), { state: 'delivered', last_status: accepted })
      const [{ body }] = receiver.received
      assert.notInclude(body, '<!channel>')
      if (kind === 'discord_webhook') assert.deepEqual(JSON.parse(body).allowed_mentions, { parse: [] })
    })

    test(`${kind}: a message that it calls malformed is not repeated`, async ({ assert }) => {
      receiver.next({ status: 400, body: 'invalid_payload' })
      const { id } = await fixture.channel(kind as keyof typeof SERVICES, receiver.url())
      const delivery = await fixture.message(id)
      await fixture.notifier().tick()
      assert.deepInclude(await fixture.delivery(delivery), { state: 'dead', last_code: 'http_400' })
      assert.isNull((await fixture.channelRow(id)).disabled_at)
    })
  }

  for (const [kind, reply, isGone] of [
    ['slack_webhook', { status: 404, body: 'no_service' }, true],
    ['slack_webhook', { status: 410, body: 'channel_is_archived' }, true],
    ['slack_webhook', { status: 403, body: 'invalid_token' }, true],
    ['slack_webhook', { status: 403, body: 'action_prohibited' }, false],
    ['slack_webhook', { status: 404, body: '<html>a proxy</html>' }, false],
    ['slack_webhook', { status: 500, body: 'no_service' }, false],
    ['discord_webhook', json(404, { message: 'Unknown Webhook', code: 10_015 }), true],
    ['discord_webhook', json(401, { message: 'Invalid Webhook Token', code: 50_027 }), true],
    ['discord_webhook', { status: 404, body: '<html>a proxy</html>' }, false],
    ['discord_webhook', json(403, { code: 10_015 }), false],
    ['discord_webhook', json(404, []), false],
  ] as [keyof typeof SERVICES, Reply, boolean][]) {
    test(`${kind}: ${reply.status} ${reply.body} ${isGone ? 'ends' : 'does not end'} the channel`, async ({
      assert,
    }) => {
      receiver.next(reply)
      const { id } = await fixture.channel(kind, receiver.url())
      const delivery = await fixture.message(id)
      await fixture.notifier().tick()
      assert.equal((await fixture.channelRow(id)).disabled_reason, isGone ? 'gone' : null)
      assert.equal((await fixture.delivery(delivery)).state, isGone ? 'dead' : 'waiting')
    })
  }

  for (const [kind, reply, wait] of [
    ['slack_webhook', { status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' }, 30 * SECOND],
    ['discord_webhook', json(429, { message: 'You are being rate limited.', retry_after: 64.573 }), 64_573],
    ['discord_webhook', json(429, { retry_after: 'soon' }), 5 * SECOND],
    [
      'discord_webhook',
      { ...json(429, { retry_after: 12.25 }), headers: { 'retry-after': '13' } },
      13 * SECOND,
    ],
  ] as [keyof typeof SERVICES, Reply, number][]) {
    test(`${kind}: ${reply.body} is waited for`, async ({ assert }) => {
      receiver.next(reply)
      const { id } = await fixture.channel(kind, receiver.url())
      const delivery = await fixture.message(id)
      await fixture.notifier().tick()
      assert.equal(Number((await fixture.delivery(delivery)).due_at) - NOW, wait)
    })
  }
})
