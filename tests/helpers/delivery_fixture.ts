import app from '@adonisjs/core/services/app'
import { uuid } from '#models/uuid'
import { ChannelService } from '#notifications/channel_service'
import { discordWebhookChannel } from '#notifications/channels/discord_webhook'
import { slackWebhookChannel } from '#notifications/channels/slack_webhook'
import { webhookChannel } from '#notifications/channels/webhook'
import { DeliveryLog } from '#notifications/delivery_log'
import type { Channels } from '#notifications/delivery_sender'
import { MatterReader } from '#notifications/matter_reader'
import { Notifier, type NotifierSettings } from '#notifications/notifier'
import type { Channel, Receipt, Receiver } from '#notifications/types'
import { Wording } from '#notifications/wording'
import type { Secret } from '#oauth/secret'
import { createTransport } from '#oauth/transport'
import type { Value, Row, StoreDriver } from '#store/driver'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { insert, ORGANIZATION } from '#tests/helpers/log_fixture'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

export { ORGANIZATION } from '#tests/helpers/log_fixture'
export const APP_URL = 'https://evergrant.example'

export const SETTINGS: NotifierSettings & { allowPrivate: boolean } = {
  timeout: 10 * SECOND,
  backoff: [5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  disableAfter: 5 * 24 * HOUR,
  concurrency: { total: 20, perReceiver: 2 },
  allowPrivate: true,
}

type Settings = typeof SETTINGS

interface NotifierOptions {
  settings?: Partial<Settings>
  /** Stands in for the channels of people, which have tests of their own. */
  channels?: Partial<Channels>
}

/** Deliveries on a real database and over real HTTP, with an injected clock. */
export interface DeliveryFixture extends EngineFixture {
  driver: StoreDriver
  channels: ChannelService
  log: DeliveryLog
  /** A notifier as one process has it. */
  notifier(options?: NotifierOptions): Notifier
  /** A webhook, Slack or Discord channel that leads to this URL. */
  channel(kind: 'webhook' | 'slack_webhook' | 'discord_webhook', url: string): Promise<NewChannel>
  /** A matter with a message for a channel, due now unless told; returns the delivery's id. */
  message(
    channelId: string,
    matter?: Record<string, Value>,
    delivery?: Record<string, Value>
  ): Promise<string>
  delivery(id: string): Promise<Row>
  history(id: string): Promise<Row[]>
  channelRow(id: string): Promise<Row>
}

export interface NewChannel {
  id: string
  signingSecret: Secret | null
}

export async function deliveryFixture(
  dialect: Dialect,
  cleanup: (work: () => Promise<void>) => void
): Promise<DeliveryFixture> {
  const fixture = await engineFixture(dialect, cleanup)
  const { clock, vault, run, all } = fixture
  await run('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t)', [
    ...[ORGANIZATION, 'main', 'Main', clock.now()],
  ])
  const driver =
    dialect === 'sqlite'
      ? openSqliteDriver(testDatabaseFile(), clock)
      : openPostgresDriver(postgresUrl ?? '', clock)
  const transport = createTransport({ clock })
  cleanup(async () => {
    await transport.close()
    await driver.close()
  })
  const wording = new Wording({ i18n: await app.container.make('i18n'), appUrl: APP_URL })
  const channels = new ChannelService({ driver, vault, allowPrivate: true })
  const one = async (table: string, id: string) => (await all(`SELECT * FROM ${table} WHERE id = ?`, [id]))[0]
  return {
    ...fixture,
    driver,
    channels,
    log: new DeliveryLog({ driver }),
    notifier: ({ settings = {}, channels: others = {} } = {}) => {
      const http = { transport, clock, wording, settings: { ...SETTINGS, ...settings } }
      const notifier = new Notifier({
        ...{ driver, vault, clock, random: () => 0, settings: http.settings },
        matters: new MatterReader({ driver }),
        logger: logInto(fixture.lines),
        channels: {
          ...{ email: unused('email'), push: unused('push') },
          webhook: webhookChannel(http),
          slack_webhook: slackWebhookChannel(http),
          discord_webhook: discordWebhookChannel(http),
          ...others,
        },
      })
      cleanup(() => notifier.drain())
      return notifier
    },
    async channel(kind, url) {
      const answer = await channels.create(ORGANIZATION, { kind, name: `A ${kind}`, target: url })
      if (!answer.ok) throw new Error(answer.problems.map(({ message }) => message).join(' '))
      return answer
    },
    message: (channelId, matter = {}, delivery = {}) => addMessage(fixture, channelId, matter, delivery),
    delivery: (id) => one('deliveries', id),
    history: (id) =>
      all('SELECT * FROM delivery_attempts WHERE delivery_id = ? ORDER BY created_at, id', [id]),
    channelRow: (id) => one('notification_channels', id),
  }
}

function logInto(lines: string[]) {
  const log = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  return { warn: log, error: log }
}

function unused<K extends Receiver['kind']>(kind: K): Channel<K> {
  return {
    kind,
    send: () => Promise.reject(new Error(`no ${kind} was expected`)),
  }
}

/** A channel that answers as told. */
export function scripted<K extends Receiver['kind']>(kind: K, ...receipts: Receipt[]): Channel<K> {
  return {
    kind,
    send: async () => {
      const next = receipts.shift()
      if (!next) throw new Error('one message more than expected')
      return next
    },
  }
}

async function addMessage(
  fixture: EngineFixture,
  channelId: string,
  matter: Record<string, Value>,
  delivery: Record<string, Value>
): Promise<string> {
  const now = fixture.clock.now()
  const [channel] = await fixture.all('SELECT kind FROM notification_channels WHERE id = ?', [channelId])
  const notificationId = await insert(fixture, 'notifications', {
    organization_id: ORGANIZATION,
    recipient: `channel:${channelId}`,
    channel_id: channelId,
    matter_key: `run.failed:${uuid(now)}`,
    event: 'run.failed',
    severity: 'high',
    data: JSON.stringify({ job: 'auto-token-refresh', error: 'The database was away' }),
    count: 1,
    created_at: now,
    updated_at: now,
    closes_at: now + HOUR,
    ...matter,
  })
  const target = `channel:${channelId}`
  const id = await insert(fixture, 'deliveries', {
    organization_id: ORGANIZATION,
    channel: channel.kind as string,
    target,
    channel_id: channelId,
    due_at: now,
    created_at: now,
    updated_at: now,
    ...delivery,
  })
  await fixture.run('INSERT INTO delivery_items (notification_id, delivery_id, target) VALUES (?, ?, ?)', [
    ...[notificationId, id, target],
  ])
  return id
}
