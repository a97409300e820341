import type { ApplicationService } from '@adonisjs/core/types'
import { appUrl } from '#config/app'
import settings from '#config/notifications'
import {
  buildNotifications,
  type NotificationOptions,
  type Notifications,
} from '#notifications/build_notifications'
import { vapidSubject } from '#notifications/push_identity'
import { openDriver } from '#services/open_driver'
import { systemClock } from '#services/system_clock'

/** Builds the notifications of this process from the engine's vault and the configuration. */
export async function startNotifications(app: ApplicationService): Promise<Notifications> {
  const { vault, providers } = await app.container.make('engine')
  const db = (await app.container.make('lucid.db')).connection()
  const logger = (await app.container.make('logger')).use().child({ module: 'Notifications' })
  const { vapid, ...rest } = settings
  const mail = await app.container.make('mail.manager')
  const { from = '' } = mail.config
  return buildNotifications({
    driver: openDriver(db),
    vault,
    clock: systemClock,
    random: Math.random,
    settings: rest,
    vapid: { ...vapid, subject: vapidSubject(appUrl, typeof from === 'string' ? from : from.address) },
    appUrl,
    i18n: await app.container.make('i18n'),
    // Which mailers there are is for the configuration to say, and unknown to the types.
    mail: mail as unknown as NotificationOptions['mail'],
    providerName: (id) => providers.find(id)?.name ?? null,
    logger,
  })
}
