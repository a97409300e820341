import type { HttpContext } from '@adonisjs/core/http'
import { byField, leave } from '#controllers/notifications/form_answers'
import { peopleOf, problemsIn } from '#controllers/settings/settings_page'
import User from '#models/user'
import { Secret } from '#oauth/secret'
import { homeOf } from '#policies/roles'
import type { Invitation } from '#services/people/invitation_service'
import type { Joined } from '#services/people/join_service'
import { openSession, placesOf, rememberOrganization, signedInPerson } from '#services/people/page_session'
import { SHORTEST_PASSWORD } from '#services/people/person_rules'

const STATUS = { unknown: 404, used: 410, withdrawn: 410, expired: 410, wrong_address: 403 } as const
type End = keyof typeof STATUS

interface Shown {
  status?: number
  values?: { name: string }
  problems?: Readonly<Record<string, string>>
}

/** The page behind the link of an invitation, for people without an account as well as for those who have one. */
export default class InvitationController {
  async show(ctx: HttpContext) {
    return this.#page(ctx, await signedInPerson(ctx))
  }

  async accept(ctx: HttpContext) {
    const person = await signedInPerson(ctx)
    const { joining, invitations } = await peopleOf(ctx)
    const found = await invitations.find(tokenOf(ctx))
    if (found.type === 'open') await ctx.audit?.by(guestOf(found.invitation))
    if (person) return this.#joined(ctx, person, await joining.joinAs(tokenOf(ctx), person.id))
    const [name, password] = ['name', 'password'].map((field) => String(ctx.request.input(field, '')))
    const joined = await joining.joinAsNew(tokenOf(ctx), { name, password, locale: ctx.i18n.locale })
    if (joined.ok) return this.#joined(ctx, await User.findOrFail(joined.userId), joined)
    if (joined.problem === 'has_account') return this.#page(ctx, null, { status: 409 })
    if (joined.problem in STATUS) return this.#end(ctx, joined.problem as End)
    const field = joined.problem === 'bad_name' ? 'name' : 'password'
    return this.#page(ctx, null, {
      status: 422,
      values: { name: name.slice(0, 255) },
      problems: byField(problemsIn(ctx, { [field]: joined.problem })),
    })
  }

  async #joined(ctx: HttpContext, person: User, joined: Joined) {
    if (!joined.ok) return this.#end(ctx, joined.problem as End)
    if (!ctx.auth.use('web').isAuthenticated) await openSession(ctx, person)
    rememberOrganization(ctx, joined.organizationId)
    const { current } = await placesOf(ctx, joined.userId)
    return leave(ctx, homeOf(current?.role ?? null), ctx.i18n.t('people.join.welcome'))
  }

  async #page(ctx: HttpContext, person: User | null, { status = 200, values, problems }: Shown = {}) {
    const { invitations } = await peopleOf(ctx)
    const found = await invitations.find(tokenOf(ctx))
    if (found.type !== 'open') return this.#end(ctx, found.type)
    const { invitation, organizationName, userId } = found
    if (person && person.id !== userId) return this.#end(ctx, 'wrong_address')
    ctx.response.status(status).header('Cache-Control', 'no-store')
    return ctx.view.render('pages/invitation', {
      invitation,
      organizationName,
      who: person ? 'signed_in' : userId === null ? 'new' : 'signed_out',
      path: ctx.request.url(),
      now: Date.now(),
      shortest: SHORTEST_PASSWORD,
      values: values ?? { name: '' },
      problems: problems ?? {},
    })
  }

  #end({ response, view }: HttpContext, end: End) {
    response.status(STATUS[end]).header('Cache-Control', 'no-store')
    return view.render('pages/invitation_end', { end })
  }
}

/** Whoever has the link acts by it, known or not. */
function guestOf({ id, email, organizationId }: Invitation) {
  return { kind: 'link' as const, id, name: email, organizationId }
}

function tokenOf({ params }: HttpContext): Secret {
  return new Secret(String(params.token))
}
