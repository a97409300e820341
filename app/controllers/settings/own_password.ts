import type { HttpContext } from '@adonisjs/core/http'
import { waitWords } from '#controllers/sign_in'
import { peopleOf } from '#controllers/settings/settings_page'
import { loginLimit } from '#services/login_limit'

/**
 * Whether the form brought the password of whoever is signed in; if not, the sentence for beside the field. A session that
 * somebody left open is not enough for what changes how one signs in. Tries count as those of signing in do.
 */
export async function refusedPassword(ctx: HttpContext, field: string): Promise<string | null> {
  const person = ctx.auth.use('web').getUserOrFail()
  const password: unknown = ctx.request.input(field)
  if (typeof password !== 'string' || password === '') return ctx.i18n.t('people.problem.no_password')
  const limit = loginLimit(person.email, ctx.request.ip())
  const wait = await limit.count()
  if (wait > 0) return waitWords(ctx, wait)
  const { profiles } = await peopleOf(ctx)
  if (!(await profiles.knowsPassword(person.id, password))) return ctx.i18n.t('people.problem.wrong')
  await limit.forgive()
  return null
}
