import app from '@adonisjs/core/services/app'
import type { TestContext } from '@japa/runner/core'
import webPush from 'web-push'
import { appUrl } from '#config/app'
import settings from '#config/notifications'
import CampaignGameMaster from '#models/campaign_game_master'
import Connection from '#models/connection'
import type { Role } from '#models/membership'
import Organization from '#models/organization'
import {
  buildNotifications,
  type NotificationOptions,
  type Notifications,
} from '#notifications/build_notifications'
import type { Words } from '#notifications/types'
import { Secret } from '#oauth/secret'
import { createTransport } from '#oauth/transport'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { testDatabaseFile } from '#tests/helpers/database'
import type { FeatureFixture } from '#tests/helpers/feature_fixture'
import { aPerson } from '#tests/helpers/people'
import { PushService } from '#tests/helpers/receivers/push_service'
import { MINUTE } from '#tests/helpers/refresh_fixtures'

/** A person with a browser at the push service. */
export interface Listener {
  userId: string
  organizationId: string
  role: Role
  subscriptionId: string
  /** Titles and links that the browser has shown, oldest first. */
  shown(): Pick<Words, 'title' | 'link'>[]
  /** The push service forgets the browser. */
  loseBrowser(): void
}

/** People who hear of what happens in a feature fixture, through real notifications and a push service on loopback. */
export interface Listeners {
  notifications: Notifications
  person(role: Role, owns?: readonly string[], leads?: readonly string[]): Promise<Listener>
  /** Lets everything that waits be told: matters gather, messages leave. */
  tell(): Promise<void>
}

export async function featureListeners(context: TestContext, fixture: FeatureFixture): Promise<Listeners> {
  const service = await PushService.start()
  const keys = webPush.generateVAPIDKeys()
  const notifications = await build(fixture, keys)
  context.cleanup(async () => {
    await notifications.close()
    await service.close()
  })
  const organization = await Organization.findOrFail(fixture.organizationId)
  return {
    notifications,
    async person(role, owns = [], leads = []) {
      const { user } = await aPerson(role, organization)
      if (owns.length > 0)
        await Connection.query()
          .whereIn('id', [...owns])
          .update({ owner_user_id: user.id })
      for (const campaignId of leads) await CampaignGameMaster.create({ campaignId, userId: user.id })
      const { id, ...subscription } = service.subscribe(keys.publicKey)
      const device = { userId: user.id, ...subscription, device: 'Firefox on Linux' }
      const subscribed = await notifications.push.subscribe(device)
      if (!subscribed.ok) throw new Error(subscribed.reason)
      return {
        ...{ userId: user.id, organizationId: organization.id, role, subscriptionId: subscribed.id },
        shown: () => service.takenFor(id).map(({ text }) => JSON.parse(text) as Words),
        loseBrowser: () => service.expire(id),
      }
    },
    async tell() {
      await notifications.dispatcher.tick()
      fixture.clock.advance(MINUTE)
      await notifications.notifier.tick()
    },
  }
}

type Keys = ReturnType<typeof webPush.generateVAPIDKeys>

async function build({ clock, engine }: FeatureFixture, keys: Keys): Promise<Notifications> {
  const { vault } = await app.container.make('engine')
  const mail = await app.container.make('mail.manager')
  const silent = () => {}
  return buildNotifications({
    driver: openSqliteDriver(testDatabaseFile(), clock),
    ...{ vault, clock, random: () => 0, appUrl },
    settings: { ...settings, allowPrivate: true },
    vapid: {
      publicKey: keys.publicKey,
      privateKey: new Secret(keys.privateKey),
      subject: 'mailto:ops@example.com',
    },
    i18n: await app.container.make('i18n'),
    mail: mail as unknown as NotificationOptions['mail'],
    providerName: (id) => engine.providers.find(id)?.name ?? null,
    logger: { error: silent, warn: silent },
    transport: createTransport({ clock: systemClock }),
  })
}
