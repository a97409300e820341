import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import { decodeCursor } from '#services/account_cursor'
import { activityPage, hasActivity, PERIODS } from '#services/activity_log'
import { loadProviderFacts } from '#services/load_provider_facts'
import { OUTCOMES } from '#services/run_pages'
import { REFRESH_KINDS } from '#token_refresh/types'
import { activityRow } from '#transformers/activity_row'
import { figuresPanel } from '#transformers/figures_panel'
import { listLinks } from '#transformers/list_links'
import { activityFilter } from '#validators/list_filters'

/** The refresh log over all accounts of the organization. */
export default class ActivityController {
  /** An empty field of the filter form is no filter, and stays out of the URL. */
  async index(ctx: HttpContext) {
    const filter = activityFilter(ctx.request.qs())
    const links = listLinks('/activity', { ...filter })
    if (Object.values(ctx.request.qs()).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const { organizationId } = ctx.membership
    const now = Date.now()
    const facts = await loadProviderFacts(organizationId)
    const page = await activityPage(organizationId, filter, decodeCursor(ctx.request.input('cursor')), now)
    const { default: engine } = await import('#services/engine')
    const margins = facts.providers.map(({ id, name, refresh }) => ({ id, name, margin: refresh.margin }))
    const means = { figures: engine.figures, alerts: engine.alerts }
    const figures = {
      panel: await figuresPanel({ ...means, organizationId, providers: margins, now }),
      rows: page.items.map((attempt) => activityRow(attempt, facts)),
      next: page.next,
      previous: page.previous,
      anything: page.items.length > 0 || (await hasActivity(organizationId)),
    }
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/activity/index', {
      ...figures,
      now,
      filter,
      links,
      outcomes: OUTCOMES,
      kinds: REFRESH_KINDS,
      periods: Object.keys(PERIODS),
      providers: facts.providers.map(({ id, name }) => ({ id, name })),
    })
  }
}
