import type { HttpContext } from '@adonisjs/core/http'
import type { Notifications } from '#notifications/build_notifications'

/** Which of the person's devices this browser is; signed, so that nobody can name another one. */
const COOKIE = 'push_device'

/** Remembers that this browser shows the notifications of whoever is signed in. */
export function rememberBrowser({ response }: HttpContext, id: string): void {
  response.cookie(COOKIE, id, { httpOnly: true, maxAge: '365d', sameSite: 'lax' })
}

/**
 * Forgets this browser's subscription, with or without JavaScript: what is told to a person must not show where they have
 * signed out. The browser's own half stays and hears nothing any more; enabling it again uses it.
 */
export async function forgetBrowser(ctx: HttpContext, userId: string): Promise<void> {
  const id: unknown = ctx.request.cookie(COOKIE)
  if (typeof id !== 'string') return
  const { push }: Notifications = await ctx.containerResolver.make('notifications')
  await push.remove(userId, id)
  ctx.response.clearCookie(COOKIE)
}
