import type { HttpContext } from '@adonisjs/core/http'
import { accountListFigures } from '#controllers/admin/account_list_figures'
import { isUnchanged } from '#controllers/admin/live_page'
import { healthExpression, type HealthExpression } from '#services/account_list'
import { healthCounts } from '#services/health_counts'
import { loadProviderFacts, loadProviderScope } from '#services/load_provider_facts'
import { keptViews } from '#services/saved_views'
import { TIMES, STATUS_WORDS } from '#services/account_filter/suggestions'
import { QUALIFIERS } from '#services/account_filter/account_filter'
import { accountLinks, accountViews, concernsEnds } from '#transformers/account_links'
import { filterChips, saidBySearch } from '#transformers/filter_chips'
import { readSort, NEWEST_FIRST } from '#services/account_sort'
import { accountFilter } from '#validators/account_filter'
import { COLUMNS, readListView, VIEW_COOKIE } from '#validators/list_view'

/** The list of accounts. */
export default class AccountsController {
  /** An empty field of the filter form is no filter, and stays out of the URL. */
  async index(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const asked = ctx.request.qs()
    const filter = accountFilter(asked, await loadProviderScope(organizationId))
    const sort = readSort(asked.sort) ?? NEWEST_FIRST
    const links = accountLinks(filter, sort)
    if (Object.values(asked).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const now = Date.now()
    const facts = await loadProviderFacts(organizationId)
    const view = readListView(ctx.request.plainCookie(VIEW_COOKIE, { encoded: false }))
    const health = healthExpression(facts, now)
    const figures = await accountListFigures(
      { organizationId, asked, filter, sort, facts, view, now },
      health
    )
    const user = ctx.auth.use('web').getUserOrFail()
    const kept = await keptViews({ organizationId, userId: user.id })
    if (isUnchanged(ctx, { ...figures, kept, view })) return
    const t = ctx.i18n.t.bind(ctx.i18n)
    const chips = filterChips(filter, facts, links, t)
    return ctx.view.render('pages/accounts/index', {
      ...figures,
      ...{ now, filter, links, view, columns: COLUMNS, said: saidBySearch(filter, facts, t) },
      tellsOfEnds: concernsEnds(filter),
      views: accountViews(links, kept, user.email, t),
      chips: figures.rows.length > 0 ? chips : await this.#counted(organizationId, chips, health),
      providers: facts.providers.map(({ id, name }) => ({ id, name })),
      connectable: facts.providers
        .filter(({ client }) => client !== null)
        .map(({ id }) => ({ id, ...facts.look(id) })),
      examples: { qualifiers: QUALIFIERS, times: TIMES, statuses: STATUS_WORDS },
      cursor: typeof asked.cursor === 'string' && figures.isPlaced ? asked.cursor : null,
    })
  }

  /** Where nothing matches: how many would without each condition. */
  async #counted(organizationId: string, chips: ReturnType<typeof filterChips>, health: HealthExpression) {
    const counted = chips.slice(0, MOST_COUNTED).map(async (chip) => {
      const counts = await healthCounts(organizationId, chip.rest, health)
      return { ...chip, count: chip.rest.health ? counts[chip.rest.health] : counts.total }
    })
    return [...(await Promise.all(counted)), ...chips.slice(MOST_COUNTED)]
  }
}

/** Each costs a look at all accounts. */
const MOST_COUNTED = 6
