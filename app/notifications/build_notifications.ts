import type { I18nManager } from '@adonisjs/i18n'
import { ChannelService } from '#notifications/channel_service'
import { discordWebhookChannel } from '#notifications/channels/discord_webhook'
import { emailChannel } from '#notifications/channels/email'
import { pushChannel, type PushChannelOptions } from '#notifications/channels/push'
import { slackWebhookChannel } from '#notifications/channels/slack_webhook'
import { webhookChannel } from '#notifications/channels/webhook'
import { DeliveryLog } from '#notifications/delivery_log'
import type { Channels } from '#notifications/delivery_sender'
import { Dispatcher } from '#notifications/dispatcher'
import { Inbox } from '#notifications/inbox'
import { MatterReader } from '#notifications/matter_reader'
import { NotificationRetention, type PrunedNotifications } from '#notifications/notification_retention'
import { Notifier, type NotificationLog, type NotifierSettings } from '#notifications/notifier'
import { PreferenceService } from '#notifications/preferences'
import { PushDevices } from '#notifications/push_devices'
import { PushSubscriptions } from '#notifications/push_subscriptions'
import { RuleService } from '#notifications/rules'
import { Wording } from '#notifications/wording'
import { createTransport } from '#oauth/transport'
import type { Clock, Random, Transport } from '#oauth/types'
import type { StoreDriver } from '#store/driver'
import type { Vault } from '#vault/vault'

export interface NotificationSettings extends NotifierSettings {
  gather: number
  matterWindow: number
  allowPrivate: boolean
  /** How long matters and what is known of their delivery are kept, in milliseconds. */
  keep: number
}

export interface NotificationOptions {
  /** A driver of their own: it is closed with them. */
  driver: StoreDriver
  vault: Vault
  clock: Clock
  random: Random
  settings: NotificationSettings
  vapid: PushChannelOptions['vapid']
  appUrl: string
  i18n: I18nManager
  mail: Parameters<typeof emailChannel>[0]['mail']
  /** What people call a provider; null where nobody knows. */
  providerName?: (provider: string) => string | null
  logger: NotificationLog
  /** Replaces HTTP in tests. */
  transport?: Transport & { close(): Promise<void> }
}

/** Everything about notifications that pages, commands and the scheduler use. */
export interface Notifications {
  dispatcher: Dispatcher
  notifier: Notifier
  inbox: Inbox
  rules: RuleService
  preferences: PreferenceService
  channels: ChannelService
  deliveries: DeliveryLog
  push: PushSubscriptions
  devices: PushDevices
  wording: Wording
  /** Deletes what people were told long ago. */
  prune(): Promise<PrunedNotifications>
  /** Waits for what is on its way and closes connections. Nothing of it can be used afterwards. */
  close(): Promise<void>
}

/**
 * Puts the parts of notifications together, on a database pool and an HTTP pool of their own: however slow receivers are,
 * no refresh waits for them. Nothing runs before somebody ticks.
 */
export function buildNotifications(options: NotificationOptions): Notifications {
  const { driver, clock, i18n, appUrl } = options
  const transport = options.transport ?? createTransport({ clock })
  const wording = new Wording({ i18n, appUrl })
  const matters = new MatterReader(options)
  const channels = buildChannels(options, transport, wording)
  const push = new PushSubscriptions({ driver, clock })
  const notifier = new Notifier({ ...options, matters, channels })
  return {
    dispatcher: new Dispatcher(options),
    notifier,
    inbox: new Inbox(options),
    rules: new RuleService(options),
    preferences: new PreferenceService(options),
    channels: new ChannelService({ ...options, allowPrivate: options.settings.allowPrivate }),
    deliveries: new DeliveryLog(options),
    push,
    devices: new PushDevices({ ...options, subscriptions: push, channel: channels.push }),
    wording,
    prune: () => new NotificationRetention(options).prune(clock.now() - options.settings.keep),
    async close() {
      await notifier.drain()
      await transport.close()
      await driver.close()
    },
  }
}

function buildChannels(options: NotificationOptions, transport: Transport, wording: Wording): Channels {
  const { clock, settings, vapid, mail } = options
  const http = { transport, clock, wording, settings }
  return {
    email: emailChannel({ mail, wording, settings }),
    push: pushChannel({ ...http, vapid }),
    webhook: webhookChannel(http),
    slack_webhook: slackWebhookChannel(http),
    discord_webhook: discordWebhookChannel(http),
  }
}
