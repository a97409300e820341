import { errors, type HttpContext } from '@adonisjs/core/http'
import type { Notifications } from '#notifications/build_notifications'

/** What keeps a form from being saved; `field` is null for what concerns the whole of it. */
export interface Problem {
  field: string | null
  message: string
}

/** The same before it is said: a code of `alerts.problem` in the catalogues, and what its sentence names. */
export interface UnsaidProblem {
  field: string | null
  code: string
  values?: Readonly<Record<string, string | number>>
}

/** Problems as sentences in the reader's language. */
export function said({ i18n }: HttpContext, problems: readonly UnsaidProblem[]): Problem[] {
  return problems.map(({ field, code, values }) => ({
    field,
    message: i18n.t(`alerts.problem.${code}`, values),
  }))
}

/** Problems by field, the first of each; `form` holds what concerns no field. */
export type Problems = Readonly<Record<string, string>>

/** A refused form as the page shows it again. */
export interface Refused<V> {
  values: V
  problems: Problems
}

export function notificationsOf({ containerResolver }: HttpContext): Promise<Notifications> {
  return containerResolver.make('notifications')
}

/** Who asks, in which organization, with which role. */
export function personOf({ membership }: HttpContext) {
  const { organizationId, userId, role } = membership
  return { organizationId, userId, role }
}

export function notFound({ request }: HttpContext) {
  return new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
}

/** Back to a page with one sentence about what was done. */
export function leave(ctx: HttpContext, path: string, text: string, tone: 'good' | 'bad' = 'good') {
  ctx.session.flash('notice', { tone, text })
  return ctx.response.redirect().status(303).toPath(path)
}

/** Back to the form with what was written; nothing secret may be among the values. */
export function refuse<V>(
  ctx: HttpContext,
  path: string,
  { name, values, problems }: { name: string; values: V; problems: readonly Problem[] }
) {
  ctx.session.flash(name, { values, problems: byField(problems) })
  return ctx.response.redirect().status(303).toPath(path)
}

/** The form that was refused just before this page; null where none was. */
export function refusedForm<V>({ session }: HttpContext, name: string): Refused<V> | null {
  return session.flashMessages.get(name, null) as Refused<V> | null
}

/** The first problem of each field. */
export function byField(problems: readonly Problem[]): Problems {
  return Object.fromEntries([...problems].reverse().map(({ field, message }) => [field ?? 'form', message]))
}
