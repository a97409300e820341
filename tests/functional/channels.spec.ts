import { test } from '@japa/runner'
import { uuid } from '#models/uuid'
import { ChannelService } from '#notifications/channel_service'
import { openChannel } from '#notifications/channel_secret'
import type { ClaimedDelivery } from '#notifications/delivery_types'
import { Receivers } from '#notifications/receivers'
import { CHANNEL_KINDS, type ChannelKind } from '#notifications/types'
import { KeyRetirement } from '#services/key_retirement'
import { KeyRotation } from '#services/key_rotation'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'
import { deliveryFixture, ORGANIZATION, type DeliveryFixture } from '#tests/helpers/delivery_fixture'
import { KEYS, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { NOW } from '#tests/helpers/refresh_fixtures'

const URLS: Readonly<Record<ChannelKind, string>> = {
  email: 'alerts@receiver.example',
  webhook: 'https://receiver.example/hooks/SECRET-PATH?key=SECRET-KEY',
  slack_webhook: 'https://hooks.slack.com/services/T0/B0/SECRET-PATH',
  discord_webhook: 'https://discord.com/api/webhooks/1/SECRET-PATH',
}

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Notification channels on ${dialect}`, (group) => {
    let fixture: DeliveryFixture
    let channels: ChannelService
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await deliveryFixture(dialect, (work) => context.cleanup(work))
      const { driver, vault } = fixture
      channels = new ChannelService({ driver, vault, allowPrivate: false })
    })

    async function add(kind: ChannelKind, target = URLS[kind]) {
      const answer = await channels.create(ORGANIZATION, { kind, name: `A ${kind}`, target })
      if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
      return answer
    }

    test('each kind is added, shown by its host, and keeps its URL sealed', async ({ assert }) => {
      for (const kind of CHANNEL_KINDS) {
        const { id, signingSecret } = await add(kind)
        assert.equal(signingSecret !== null, kind === 'webhook')
        const shown = await channels.find(ORGANIZATION, id)
        assert.deepInclude(shown, { kind, name: `A ${kind}`, disabledAt: null, failingSince: null })
        assert.equal(shown?.target, kind === 'email' ? URLS.email : new URL(URLS[kind]).host)
      }
      const rows = JSON.stringify(await fixture.all('SELECT * FROM notification_channels'))
      assert.notInclude(rows, 'SECRET-')
      assert.notInclude(rows, 'whsec_')
      assert.notInclude(JSON.stringify(await channels.list(ORGANIZATION)), 'v1:')
      assert.lengthOf(await channels.list(ORGANIZATION), 4)
    })

    test('a removed channel is gone from each rule that named it, in this organization only', async ({
      assert,
    }) => {
      const [{ id: gone }, { id: kept }] = [await add('webhook'), await add('email')]
      const elsewhere = uuid(NOW)
      const rule = async (organization: string, named: string[]) => {
        const id = uuid(NOW)
        await fixture.run(
          `INSERT INTO notification_rules (id, organization_id, name, channels, created_at) VALUES (?, ?, 'R', ?, ?t)`,
          [id, organization, JSON.stringify(named), NOW]
        )
        return id
      }
      await fixture.run('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t)', [
        ...[elsewhere, 'elsewhere', 'Elsewhere', NOW],
      ])
      const rules = {
        [await rule(ORGANIZATION, [gone, kept])]: [kept],
        [await rule(ORGANIZATION, [gone])]: [],
        [await rule(ORGANIZATION, [kept])]: [kept],
        [await rule(elsewhere, [gone])]: [gone],
      }
      assert.isTrue(await channels.remove(ORGANIZATION, gone))
      assert.isFalse(await channels.remove(ORGANIZATION, gone))
      for (const { id, channels: named } of await fixture.all('SELECT id, channels FROM notification_rules'))
        assert.deepEqual(typeof named === 'string' ? JSON.parse(named) : named, rules[id as string])
    })

    test('a channel has a language and a zone, English and UTC unless chosen, and keeps them', async ({
      assert,
    }) => {
      const plain = await channels.find(ORGANIZATION, (await add('webhook')).id)
      assert.deepInclude(plain, { locale: 'en', timeZone: null })
      const receivers = new Receivers({ ...fixture, clock: { now: () => NOW } })
      const asked = { kind: 'email' as const, name: 'Équipe', target: URLS.email }
      const speech = { locale: 'fr', timeZone: 'Europe/Paris' }
      const made = await channels.create(ORGANIZATION, { ...asked, speech })
      if (!made.ok) throw new Error(made.problems[0].message)
      await channels.update(ORGANIZATION, made.id, { name: 'Renamed' })
      assert.deepInclude(await channels.find(ORGANIZATION, made.id), { name: 'Renamed', ...speech })
      const found = await receivers.find({
        ...{ organizationId: ORGANIZATION, channelId: made.id, isTest: false },
      } as ClaimedDelivery)
      if (!found.ok) throw new Error(found.code)
      assert.deepInclude(found.reader, speech)
      const wrong = { locale: 'tlh', timeZone: 'Mars/Olympus' }
      const refused = await channels.update(ORGANIZATION, made.id, { speech: wrong })
      const fields = refused && !refused.ok && refused.problems.map(({ field }) => field)
      assert.deepEqual(fields, ['locale', 'timeZone'])
      assert.deepInclude(await channels.find(ORGANIZATION, made.id), speech)
    })

    test('what another organization has is not found, changed, tested or removed', async ({ assert }) => {
      const { id } = await add('webhook')
      const elsewhere = uuid(NOW)
      assert.isEmpty(await channels.list(elsewhere))
      assert.isNull(await channels.find(elsewhere, id))
      assert.isNull(await channels.update(elsewhere, id, { name: 'Mine' }))
      assert.isNull(await channels.rotateSecret(elsewhere, id))
      assert.isNull(await channels.test(elsewhere, id))
      assert.isFalse(await channels.enable(elsewhere, id))
      assert.isFalse(await channels.remove(elsewhere, id))
      assert.equal((await channels.find(ORGANIZATION, id))?.name, 'A webhook')
      assert.isTrue(await channels.remove(ORGANIZATION, id))
      assert.isNull(await channels.find(ORGANIZATION, id))
    })

    for (const [kind, target, sentence] of [
      ['webhook', 'http://receiver.example/hook', /^Use https/],
      ['webhook', 'https://127.0.0.1/hook', /private network/],
      ['webhook', 'https://0x7f.1/hook', /private network/],
      ['webhook', 'https://[::ffff:10.0.0.1]/hook', /private network/],
      ['webhook', 'https://localhost./hook', /private network/],
      ['webhook', 'https://169.254.169.254/latest', /private network/],
      ['webhook', 'https://me:pass@receiver.example/', /^Leave user name and password out/],
      ['webhook', 'javascript:alert(1)', /^That is no URL. Write the whole URL/],
      ['webhook', 'receiver.example', /^That is no URL/],
      ['webhook', `https://receiver.example/${'x'.repeat(2_048)}`, /longer than 2048/],
      ['slack_webhook', 'my-channel', /hooks\.slack\.com/],
      ['discord_webhook', '#general', /discord\.com\/api\/webhooks/],
      ['email', 'nobody', /^Write one e-mail address/],
      ['email', 'a@example.com, b@example.com', /^Write one e-mail address/],
      ['email', 'a@example.com\r\nBcc: b@example.com', /^Write one e-mail address/],
      ['email', '"<x@y.example>" z@example.com', /^Write one e-mail address/],
    ] as [ChannelKind, string, RegExp][]) {
      test(`${kind} to ${JSON.stringify(target.slice(0, 50))} is refused with what to do`, async ({
        assert,
      }) => {
        const answer = await channels.create(ORGANIZATION, { kind, name: 'A', target })
        if (answer.ok) return assert.fail('it was accepted')
        assert.deepEqual(
          answer.problems.map(({ field }) => field),
          ['target']
        )
        assert.match(answer.problems[0].message, sentence)
        assert.isEmpty(await channels.list(ORGANIZATION))
      })
    }

    test('names are needed and bounded, kinds are known, and there are fifty at most', async ({ assert }) => {
      const fields = async (kind: string, name: string) => {
        const answer = await channels.create(ORGANIZATION, {
          kind: kind as ChannelKind,
          name,
          target: URLS.webhook,
        })
        return answer.ok ? [] : answer.problems.map(({ field }) => field)
      }
      assert.deepEqual(await fields('webhook', '  '), ['name'])
      assert.deepEqual(await fields('webhook', 'x'.repeat(121)), ['name'])
      assert.deepEqual(await fields('pigeon', 'A'), ['kind'])
      for (let count = 0; count < 50; count++) assert.deepEqual(await fields('webhook', `A ${count}`), [])
      assert.deepEqual(await fields('webhook', 'One more'), ['name'])
    })

    test('a new URL keeps the signing secret, a new name keeps both', async ({ assert }) => {
      const { id, signingSecret } = await add('webhook')
      assert.deepEqual(await channels.update(ORGANIZATION, id, { target: 'https://other.example/new' }), {
        ok: true,
      })
      assert.deepEqual(await channels.update(ORGANIZATION, id, { name: ' Renamed ' }), { ok: true })
      assert.deepInclude(await channels.find(ORGANIZATION, id), { name: 'Renamed', target: 'other.example' })
      const kept = await opened(id, fixture.vault)
      assert.equal(kept?.url.reveal(), 'https://other.example/new')
      assert.equal(kept?.signing[0].secret.reveal(), signingSecret?.reveal())
      const refused = await channels.update(ORGANIZATION, id, { target: 'http://other.example/' })
      assert.deepInclude(refused, { ok: false })
      assert.equal((await channels.find(ORGANIZATION, id))?.target, 'other.example')
    })

    test('only webhooks have a signing secret to rotate', async ({ assert }) => {
      for (const kind of ['email', 'slack_webhook'] as const)
        assert.isNull(await channels.rotateSecret(ORGANIZATION, (await add(kind)).id))
    })

    test('a test is one message at once, to a disabled channel too', async ({ assert }) => {
      const { id } = await add('slack_webhook')
      await fixture.run('UPDATE notification_channels SET disabled_at = ?t WHERE id = ?', [NOW, id])
      const delivery = await channels.test(ORGANIZATION, id)
      assert.deepInclude(await fixture.log.find(ORGANIZATION, String(delivery)), {
        ...{
          channel: 'slack_webhook',
          channelId: id,
          state: 'waiting',
          isTest: true,
          dueAt: NOW,
          subject: null,
        },
      })
    })

    test('a test that fails is over, and says nothing about the channel', async ({ assert, cleanup }) => {
      // Nobody listens on port 1.
      const { id } = await fixture.channel('webhook', 'http://127.0.0.1:1/')
      const delivery = String(await fixture.channels.test(ORGANIZATION, id))
      const notifier = fixture.notifier()
      cleanup(() => notifier.drain())
      await notifier.tick()
      assert.deepInclude(await fixture.delivery(delivery), { state: 'dead', last_code: 'connection_refused' })
      assert.isNull((await fixture.channelRow(id)).failing_since)
      assert.equal(await fixture.log.countDead(ORGANIZATION), 0)
    })

    test('a rotation of the encryption keys covers them, and no key that one still needs can be dropped', async ({
      assert,
    }) => {
      const { id, signingSecret } = await add('webhook')
      await add('email')
      const vault = ringOf(`k2:${Buffer.alloc(32, 2).toString('base64')},${KEYS}`)
      const { driver } = fixture
      const at = fixture.clock.now()
      for (const [index, key] of ['k1', 'k2'].entries()) {
        await fixture.run(
          'INSERT INTO encryption_keys (id, check_value, created_at) VALUES (?, ?, ?t) ON CONFLICT (id) DO NOTHING',
          [key, 'x', at + index]
        )
      }
      const retirement = new KeyRetirement({ driver, newest: 'k2', workerId: uuid(NOW) })
      assert.deepEqual(await retirement.countLeft(), { k1: 1 })
      assert.deepEqual(await retirement.retireUnused(), [])
      const result = await new KeyRotation({ driver, vault }).run()
      assert.deepEqual(result, { rewrapped: 1, unreadable: [], interrupted: false })
      assert.deepEqual(await retirement.countLeft(), { k1: 0 })
      const onlyNew = ringOf(`k2:${Buffer.alloc(32, 2).toString('base64')}`)
      assert.equal((await opened(id, onlyNew))?.signing[0].secret.reveal(), signingSecret?.reveal())
      await fixture.run("DELETE FROM encryption_keys WHERE check_value = 'x'", [])
    })

    test('a secret whose key is missing is told as such, tried again, and named by the rotation', async ({
      assert,
    }) => {
      const { id } = await add('webhook')
      const vault = ringOf(`k2:${Buffer.alloc(32, 2).toString('base64')}`)
      const delivery = await fixture.message(id)
      await fixture.run('UPDATE notification_channels SET secret = ? WHERE id = ?', [
        new Vault(
          (parseKeyRing(`k9:${Buffer.alloc(32, 9).toString('base64')}`) as { ring: KeyRing }).ring
        ).seal((await opened(id, fixture.vault))!.url, {
          organizationId: ORGANIZATION,
          connectionId: id,
          column: 'notification_channel',
        }),
        id,
      ])
      await fixture.notifier().tick()
      assert.deepInclude(await fixture.delivery(delivery), { state: 'waiting', last_code: 'unreadable' })
      const { unreadable } = await new KeyRotation({ driver: fixture.driver, vault }).run()
      assert.deepEqual(unreadable, [{ channel_id: id, column: 'secret', reason: 'unknown_key' }])
    })

    const ringOf = (text: string) => new Vault((parseKeyRing(text) as { ring: KeyRing }).ring)

    async function opened(id: string, vault: Vault) {
      const { secret } = await fixture.channelRow(id)
      return openChannel(vault, secret as string, { id, organizationId: ORGANIZATION })
    }
  })
}
