import type { HttpContext } from '@adonisjs/core/http'
import { apiKeysOf } from '#controllers/admin/program_page'
import { leave, notFound, refusedForm } from '#controllers/notifications/form_answers'
import { peopleOf, settingsPage, twoFactorOf } from '#controllers/settings/settings_page'
import { mailIsConfigured } from '#config/mail'
import { ROLES } from '#models/membership'
import { mayManage } from '#policies/roles'
import type { MemberChange } from '#services/people/member_service'
import type { Member } from '#services/people/types'
import { apiKeyRow } from '#transformers/api_key_row'
import { textField } from '#validators/text_field'

const PAGE = '/settings/people'
/** Where an invitation that was refused waits for the page that shows its form again. */
export const REFUSED_INVITATION = 'invitation.refused'

/** Who belongs to the organization: admins change it, operators see it. */
export default class PeopleController {
  async index(ctx: HttpContext) {
    const { organizationId, userId, role } = ctx.membership
    const { members, invitations } = await peopleOf(ctx)
    const refused = refusedForm<Record<string, string>>(ctx, REFUSED_INVITATION)
    return settingsPage(ctx, {
      page: 'people',
      tab: 'people',
      members: await members.list(organizationId),
      invitations: mayManage(role) ? await invitations.list(organizationId) : [],
      keys: mayManage(role) ? await keysByMaker(ctx) : new Map(),
      selfId: userId,
      roles: ROLES,
      values: refused?.values ?? { email: '', role: 'viewer' },
      problems: refused?.problems ?? {},
      mailIsConfigured: mailIsConfigured(),
      now: Date.now(),
    })
  }

  async changeRole(ctx: HttpContext) {
    const member = await this.#member(ctx)
    const { members } = await peopleOf(ctx)
    const role = textField(ctx.request.input('role'), 64)
    const change = await members.changeRole(this.#place(ctx, member), role)
    return this.#answer(ctx, change, 'people.members.role_changed', member)
  }

  async remove(ctx: HttpContext) {
    const member = await this.#member(ctx)
    const { members } = await peopleOf(ctx)
    const change = await members.remove(this.#place(ctx, member))
    return this.#answer(ctx, change, 'people.members.removed', member)
  }

  async resetTwoFactor(ctx: HttpContext) {
    const member = await this.#member(ctx)
    const answer = await (await twoFactorOf(ctx)).resetBy(ctx.membership.userId, member.userId)
    const text = ctx.i18n.t(`people.reset.${answer}`, { name: nameOf(member), email: member.email })
    return leave(ctx, PAGE, text, answer === 'beyond_reach' ? 'bad' : 'good')
  }

  #answer(ctx: HttpContext, change: MemberChange, done: string, member: Member) {
    const named = { name: nameOf(member) }
    if (change === 'unknown') throw notFound(ctx)
    if (change !== 'done') return leave(ctx, PAGE, ctx.i18n.t(`people.problem.${change}`, named), 'bad')
    // Whoever took something from themselves may not open this page any more.
    const isOwn = member.userId === ctx.membership.userId
    return leave(ctx, isOwn ? '/settings/profile' : PAGE, ctx.i18n.t(done, named))
  }

  #place({ membership }: HttpContext, { userId }: Member) {
    return { organizationId: membership.organizationId, userId }
  }

  async #member(ctx: HttpContext): Promise<Member> {
    const { members } = await peopleOf(ctx)
    const { organizationId } = ctx.membership
    const member = await members.find({ organizationId, userId: ctx.params.user })
    if (!member) throw notFound(ctx)
    return member
  }
}

/** The keys that work, by the address of whoever made them: they stay when that person goes. */
async function keysByMaker(ctx: HttpContext) {
  const keys = await (await apiKeysOf(ctx)).list(ctx.membership.organizationId)
  const rows = keys.map((key) => apiKeyRow(key, Date.now())).filter(({ isGood }) => isGood)
  return Map.groupBy(rows, ({ createdBy }) => createdBy)
}

const nameOf = ({ name, email }: Member) => name ?? email
