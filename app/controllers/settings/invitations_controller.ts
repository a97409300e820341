import type { HttpContext } from '@adonisjs/core/http'
import { leave, notFound, refuse } from '#controllers/notifications/form_answers'
import { REFUSED_INVITATION } from '#controllers/settings/people_controller'
import { peopleOf, problemsIn, settingsPage } from '#controllers/settings/settings_page'
import { appUrl } from '#config/app'
import { Secret } from '#oauth/secret'
import { invitationLetter } from '#services/people/invitation_letter'
import { invitationLimit } from '#services/people/invitation_limit'
import type { Invitation, NewInvitation } from '#services/people/invitation_service'
import { textField } from '#validators/text_field'

const PAGE = '/settings/people'
const LONGEST = 1_000

/** Invitations as an admin sees them. A link is shown in the answer to the form itself, so that no session ever holds it. */
export default class InvitationsController {
  async store(ctx: HttpContext) {
    const [email, role] = ['email', 'role'].map((name) => textField(ctx.request.input(name), LONGEST))
    const { organizationId, userId: invitedBy } = ctx.membership
    ctx.audit?.note({ email, role })
    const invited = await this.#invite(ctx, { organizationId, invitedBy, email, role })
    if (invited.ok) return this.#tell(ctx, invited)
    const { problem } = invited
    const problems = problemsIn(ctx, { [problem === 'bad_role' ? 'role' : 'email']: problem })
    return refuse(ctx, `${PAGE}#invite`, { name: REFUSED_INVITATION, values: { email, role }, problems })
  }

  async renew(ctx: HttpContext) {
    const { invitations } = await peopleOf(ctx)
    const { organizationId } = ctx.membership
    const open = (await invitations.list(organizationId)).find(({ id }) => id === ctx.params.id)
    if (!open) throw notFound(ctx)
    if (!(await invitationLimit(organizationId, open.email).allows()))
      return leave(ctx, PAGE, ctx.i18n.t('people.problem.invited_often'), 'bad')
    const renewed = await invitations.renew(organizationId, open.id)
    if (!renewed) throw notFound(ctx)
    ctx.audit?.note({ email: renewed.invitation.email })
    return this.#tell(ctx, renewed)
  }

  async withdraw(ctx: HttpContext) {
    const { invitations } = await peopleOf(ctx)
    const withdrawn = await invitations.withdraw(ctx.membership.organizationId, ctx.params.id)
    if (!withdrawn) throw notFound(ctx)
    ctx.audit?.note({ email: withdrawn.email })
    return leave(ctx, PAGE, ctx.i18n.t('people.invitations.withdrawn'))
  }

  async #invite(ctx: HttpContext, asked: NewInvitation) {
    const limit = invitationLimit(asked.organizationId, asked.email)
    if (!(await limit.allows())) return { ok: false, problem: 'invited_often' } as const
    const { invitations } = await peopleOf(ctx)
    const invited = await invitations.invite(asked)
    if (!invited.ok) await limit.forgive()
    return invited
  }

  /**
   * Shows the link where no letter brought it. Who opens it proves that the address is theirs, so nobody else sees a link
   * that is in a letter.
   */
  async #tell(ctx: HttpContext, { invitation, token }: { invitation: Invitation; token: Secret }) {
    const { i18n, membership, words } = ctx
    const letters = await ctx.containerResolver.make('letters')
    const link = new Secret(`${appUrl}/invitations/${token.reveal()}`)
    const person = ctx.auth.use('web').getUserOrFail()
    const said = {
      organization: membership.organization.name,
      inviter: person.fullName ?? person.email,
      role: i18n.t(`people.roles.${invitation.role}`),
      until: words.moment(invitation.expiresAt, Date.now()),
      link,
      locale: i18n.locale,
      t: i18n.t.bind(i18n),
    }
    const letter = await letters.send(invitation.email, invitationLetter(said, appUrl))
    const shown = letter === 'sent' ? null : link.reveal()
    return settingsPage(ctx, { page: 'invited', tab: 'people', invitation, link: shown, letter })
  }
}
