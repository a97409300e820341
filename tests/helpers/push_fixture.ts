import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import webPush from 'web-push'
import settings from '#config/notifications'
import { appUrl } from '#config/app'
import { buildNotifications, type Notifications } from '#notifications/build_notifications'
import { vapidSubject } from '#notifications/push_identity'
import { Secret } from '#oauth/secret'
import { openDriver } from '#services/open_driver'
import { systemClock } from '#services/system_clock'

/** The keys of this run's push services and installations. */
export const VAPID_KEYS = webPush.generateVAPIDKeys()

/**
 * Gives the application notifications with keys for web push, which may reach push services on loopback: what an
 * operator sets by the environment. Everything else is as configured, and the end of the test takes them away again.
 */
export async function useNotifications(
  cleanup: (work: () => Promise<void>) => void,
  { publicKey, privateKey } = VAPID_KEYS
): Promise<Notifications> {
  const { vault } = await app.container.make('engine')
  const logger = await app.container.make('logger')
  const notifications = buildNotifications({
    driver: openDriver(db.connection()),
    vault,
    clock: systemClock,
    random: Math.random,
    settings: { ...settings, gather: 0, allowPrivate: true },
    vapid: { publicKey, privateKey: new Secret(privateKey), subject: vapidSubject(appUrl, '') },
    appUrl,
    i18n: await app.container.make('i18n'),
    mail: await app.container.make('mail.manager'),
    logger,
  })
  const configured = await app.container.make('notifications')
  app.container.bindValue('notifications', notifications)
  cleanup(async () => {
    app.container.bindValue('notifications', configured)
    await notifications.close()
  })
  return notifications
}
