import type { HttpContext } from '@adonisjs/core/http'
import { shareNames } from '#controllers/admin/job_names'
import { isUnchanged } from '#controllers/admin/live_page'
import { horizon, lastRuns, matters, outcomes, tiles } from '#controllers/admin/overview_cards'
import { homeOf, mayEnter } from '#policies/roles'
import { hasAccounts } from '#services/account_list'
import { loadProviderFacts } from '#services/load_provider_facts'
import dashboard from '#services/dashboard_service'
import { overviewChecklist } from '#transformers/overview_checklist'
import { overviewChoice } from '#transformers/overview_choice'

/** The start page: whether anything needs somebody, and what comes. People who are no staff begin elsewhere. */
export default class OverviewController {
  async show(ctx: HttpContext) {
    const { role } = ctx.membership
    if (!mayEnter(role, 'accounts')) return ctx.response.redirect().toPath(homeOf(role))
    const now = Date.now()
    const choice = overviewChoice(ctx.request.qs())
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    if (!(await hasAccounts(ctx.membership.organizationId))) return this.#checklist(ctx, facts, now)
    const input = { facts, choice, now }
    const [count, attention, ahead, past, runs] = await Promise.all([
      tiles(ctx, input),
      matters(ctx, input),
      horizon(ctx, input),
      outcomes(ctx, input),
      lastRuns(ctx),
    ])
    const cards = { tiles: count, attention, horizon: ahead, outcomes: past, runs }
    if (isUnchanged(ctx, [cards, choice.period.id, choice.horizon.id])) return
    shareNames(ctx, facts)
    return ctx.view.render('pages/overview/index', { ...cards, choice, now })
  }

  async #checklist(ctx: HttpContext, facts: Awaited<ReturnType<typeof loadProviderFacts>>, now: number) {
    const steps = overviewChecklist({
      providers: facts.providers,
      hasAccounts: false,
      heartbeat: await dashboard.heartbeat(now),
    })
    if (isUnchanged(ctx, steps)) return
    return ctx.view.render('pages/overview/empty', { steps, now })
  }
}
