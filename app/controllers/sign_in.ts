import type { HttpContext } from '@adonisjs/core/http'
import type User from '#models/user'
import { rememberLanguage } from '#transformers/reader'
import { homeOf } from '#policies/roles'
import { openSession, placesOf } from '#services/people/page_session'
import { safeReturnTo } from '#validators/return_to'

/** Opens the session and leads on: to where the person wanted to go, else to where their role begins. */
export async function finishSignIn(ctx: HttpContext, user: User, returnTo: unknown) {
  const name = user.fullName || user.email
  await ctx.audit?.by({ kind: 'person', id: user.id, name, organizationId: null })
  await openSession(ctx, user)
  if (user.locale) rememberLanguage(ctx, user.locale)
  const { current } = await placesOf(ctx, user.id)
  const home = homeOf(current?.role ?? null)
  return ctx.response.redirect().status(303).toPath(safeReturnTo(returnTo, home))
}

/** One try too many: tells programs and people how many seconds to wait. */
export function waitWords({ i18n, response }: HttpContext, seconds: number): string {
  response.header('Retry-After', String(seconds))
  return i18n.t('people.sign_in.wait', { minutes: Math.ceil(seconds / 60) })
}
