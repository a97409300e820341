import type { HttpContext } from '@adonisjs/core/http'
import type { Notifications } from '#notifications/build_notifications'
import type { ChannelView } from '#notifications/channel_view'
import { idOf } from '#notifications/rows'

/** The doors of notifications. */
export function notificationsOf({ containerResolver }: HttpContext): Promise<Notifications> {
  return containerResolver.make('notifications')
}

/** The receiver that the path names; null where the organization has none of this id. */
export async function channelOf(ctx: HttpContext): Promise<ChannelView | null> {
  const id = idOf(ctx.params.id)
  if (id === null) return null
  return (await notificationsOf(ctx)).channels.find(ctx.apiKey.organizationId, id)
}
