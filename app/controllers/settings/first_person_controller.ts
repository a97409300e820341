import { createHash } from 'node:crypto'
import type { HttpContext } from '@adonisjs/core/http'
import { byField, leave } from '#controllers/notifications/form_answers'
import { peopleOf, problemsIn } from '#controllers/settings/settings_page'
import { waitWords } from '#controllers/sign_in'
import User from '#models/user'
import { examine } from '#services/doctor/doctor'
import type { CheckName } from '#services/doctor/finding'
import { setupLimit } from '#services/login_limit'
import { firstPersonProblems, type FirstPersonForm } from '#services/people/first_person'
import { openSession, rememberOrganization } from '#services/people/page_session'
import { textField } from '#validators/text_field'

/** Where a session keeps the hash of the token that it came with. */
const TOKEN_HASH = 'setup_token_hash'
const LONGEST = 1_000
/** What of the doctor's findings can be wrong before anybody has worked here. */
const ENVIRONMENT: readonly CheckName[] = ['keys', 'address', 'database', 'disk', 'clock', 'notifications']

type Values = Pick<FirstPersonForm, 'name' | 'email'>
interface Shown {
  status: number
  values: Values
  problems: Readonly<Record<string, string>>
}

const EMPTY: Shown = { status: 200, values: { name: '', email: '' }, problems: {} }

/** The form that makes the first account, for whoever has the address that the terminal shows. */
export default class FirstPersonController {
  async store(ctx: HttpContext) {
    const { firstPerson } = await peopleOf(ctx)
    const hash = hashIn(ctx)
    if (!(await firstPerson.isAwaited())) return tooLate(ctx)
    if (!(await firstPerson.admits(hash))) return closed(ctx, { status: 403, message: null })
    const form = formOf(ctx)
    const problems = byField(problemsIn(ctx, firstPersonProblems(form)))
    if (Object.keys(problems).length > 0) return page(ctx, { status: 422, values: form, problems })
    await ctx.audit?.by({ kind: 'link', id: null, name: form.email, organizationId: null })
    const made = await firstPerson.make(hash, form, ctx.i18n.locale)
    if (!made.ok)
      return made.problem === 'too_late' ? tooLate(ctx) : closed(ctx, { status: 403, message: null })
    ctx.audit?.about({ organization: made.organizationId, user: made.userId })
    await openSession(ctx, await User.findOrFail(made.userId))
    ctx.session.forget(TOKEN_HASH)
    rememberOrganization(ctx, made.organizationId)
    return leave(ctx, '/accounts/connect', ctx.i18n.t('setup.first.welcome'))
  }
}

/**
 * Answers visits of the set-up page while nobody can sign in, and returns false for others. A token is taken out of the
 * address at once: into the session, as a hash, so that no history, `Referer` or second request holds it.
 */
export async function answerFirstVisit(ctx: HttpContext): Promise<boolean> {
  const { request, response } = ctx
  const { firstPerson } = await peopleOf(ctx)
  const token: unknown = request.input('token')
  const isAwaited = await firstPerson.isAwaited()
  if (typeof token === 'string') {
    if (isAwaited) await exchange(ctx, token)
    else response.redirect().toPath('/setup')
    return true
  }
  if (!isAwaited) return false
  const isAdmitted = await firstPerson.admits(hashIn(ctx))
  response.send(await (isAdmitted ? page(ctx, EMPTY) : closed(ctx, { status: 200, message: null })))
  return true
}

/** Each try is counted before it is checked, so that a hundred at once are not a hundred free ones. */
async function exchange(ctx: HttpContext, token: string): Promise<void> {
  const { i18n, request, response, session } = ctx
  const limit = setupLimit(request.ip())
  const wait = await limit.count()
  if (wait > 0) {
    response.send(await closed(ctx, { status: 429, message: waitWords(ctx, wait) }))
    return
  }
  const hash = createHash('sha256').update(token).digest('hex')
  if (!(await (await peopleOf(ctx)).firstPerson.admits(hash))) {
    response.send(await closed(ctx, { status: 403, message: i18n.t('setup.first.wrong') }))
    return
  }
  await limit.forgive()
  session.put(TOKEN_HASH, hash)
  response.redirect().status(303).toPath('/setup')
}

async function page(ctx: HttpContext, { status, values, problems }: Shown): Promise<string> {
  const engine = await ctx.containerResolver.make('engine')
  const findings = (await examine(engine, { thorough: false })).filter(({ check }) =>
    ENVIRONMENT.includes(check)
  )
  ctx.response.status(status).header('Cache-Control', 'no-store')
  const { name, email } = values
  return ctx.view.render('pages/first_person', { findings, values: { name, email }, problems })
}

/** For everybody without the token: where it is, and nothing else. */
function closed(ctx: HttpContext, { status, message }: { status: number; message: string | null }) {
  ctx.response.status(status).header('Cache-Control', 'no-store')
  return ctx.view.render('pages/first_person_closed', { message, isTooLate: false })
}

function tooLate(ctx: HttpContext) {
  ctx.session.forget(TOKEN_HASH)
  ctx.response.status(409).header('Cache-Control', 'no-store')
  return ctx.view.render('pages/first_person_closed', { message: null, isTooLate: true })
}

function hashIn({ session }: HttpContext): string {
  return String(session.get(TOKEN_HASH, ''))
}

/** A password is taken as it is typed. */
function formOf({ request }: HttpContext): FirstPersonForm {
  const [name, email] = ['name', 'email'].map((field) => textField(request.input(field), LONGEST))
  return { name, email, password: String(request.input('password', '')) }
}
