import type { HttpContext } from '@adonisjs/core/http'
import { leave, notFound, refuse, refusedForm } from '#controllers/notifications/form_answers'
import { peopleOf, problemsIn, settingsPage } from '#controllers/settings/settings_page'
import { homeOf } from '#policies/roles'
import { placesOf, rememberOrganization } from '#services/people/page_session'
import { textField } from '#validators/text_field'

const PAGE = '/settings/organization'
const LONGEST = 1_000
/** Where forms that were refused wait for the page that shows them again. */
const REFUSED_NAME = 'organization.refused'
const REFUSED_NEW = 'new_organization.refused'

type Values = Record<'name' | 'slug', string>

/** The organization that the pages are about: its name, others beside it, and the way from one to the other. */
export default class OrganizationController {
  show(ctx: HttpContext) {
    const { organization } = ctx.membership
    const refused = refusedForm<Values>(ctx, REFUSED_NAME)
    const refusedNew = refusedForm<Values>(ctx, REFUSED_NEW)
    return settingsPage(ctx, {
      page: 'organization',
      tab: 'organization',
      slug: organization.slug,
      values: refused?.values ?? { name: organization.name },
      problems: refused?.problems ?? {},
      newValues: refusedNew?.values ?? { name: '', slug: '' },
      newProblems: refusedNew?.problems ?? {},
    })
  }

  async update(ctx: HttpContext) {
    const name = textField(ctx.request.input('name'), LONGEST)
    const { organizations } = await peopleOf(ctx)
    const problem = await organizations.rename(ctx.membership.organizationId, name)
    if (problem === null) return leave(ctx, PAGE, ctx.i18n.t('people.organization.saved'))
    const problems = problemsIn(ctx, { name: problem })
    return refuse(ctx, PAGE, { name: REFUSED_NAME, values: { name }, problems })
  }

  /** The new organization's only member is whoever made it, as its admin; the next page is about it. */
  async store(ctx: HttpContext) {
    const [name, slug] = ['name', 'slug'].map((field) => textField(ctx.request.input(field), LONGEST))
    const { organizations } = await peopleOf(ctx)
    const made = await organizations.create({ name, slug }, ctx.membership.userId)
    if (!made.ok) {
      const problems = problemsIn(ctx, made.problems)
      return refuse(ctx, `${PAGE}#new`, { name: REFUSED_NEW, values: { name, slug }, problems })
    }
    ctx.audit?.about({ organization: made.id })
    rememberOrganization(ctx, made.id)
    return leave(ctx, homeOf('admin'), ctx.i18n.t('people.organization.made', { name }))
  }

  /** One that the person does not belong to is not found, whether it exists or not. */
  async switch(ctx: HttpContext) {
    const wanted: unknown = ctx.request.input('organization')
    const { places } = await placesOf(ctx, ctx.membership.userId)
    const place = places.find(({ organizationId }) => organizationId === wanted)
    if (!place) throw notFound(ctx)
    ctx.audit?.note({ to: place.organization.slug })
    rememberOrganization(ctx, place.organizationId)
    return ctx.response.redirect().status(303).toPath(homeOf(place.role))
  }
}
