import { errors, type HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import { decodeCursor } from '#services/account_cursor'
import { loadProviderFacts } from '#services/load_provider_facts'
import { findRun, outcomeCounts, runPage, runResults, RUN_STATES } from '#services/run_pages'
import { activityRow } from '#transformers/activity_row'
import { listLinks } from '#transformers/list_links'
import { runDetail, runPace } from '#transformers/run_detail'
import { runRow } from '#transformers/run_row'
import { resultFilter, runFilter } from '#validators/list_filters'

/** Runs that no schedule knows. */
const BY_HAND = ['token:refresh', 'token:verify']

/** The list of runs and the page of one run. */
export default class RunsController {
  /** An empty field of the filter form is no filter, and stays out of the URL. */
  async index(ctx: HttpContext) {
    const filter = runFilter(ctx.request.qs())
    const links = listLinks('/runs', { ...filter })
    if (Object.values(ctx.request.qs()).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const cursor = decodeCursor(ctx.request.input('cursor'))
    const { items, next, previous } = await runPage(ctx.membership.organizationId, filter, cursor)
    const figures = { rows: items.map(runRow), next, previous }
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/runs/index', {
      ...figures,
      now: Date.now(),
      filter,
      links,
      states: RUN_STATES,
      jobs: await this.#jobNames(ctx),
      moving: figures.rows.some(({ open }) => open),
    })
  }

  /** What a run can be called: the jobs of the schedule, and what people do to many accounts. */
  async #jobNames({ containerResolver, membership }: HttpContext): Promise<string[]> {
    const { jobs } = await containerResolver.make('engine')
    return [...jobs.names(membership.organizationId), ...BY_HAND]
  }

  async show(ctx: HttpContext) {
    const run = await findRun(ctx.membership.organizationId, ctx.params.id)
    if (!run) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    const outcome = resultFilter(ctx.request.qs())
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    const results = await runResults(run, outcome, decodeCursor(ctx.request.input('cursor')))
    const figures = {
      run: runDetail(run, await outcomeCounts(run)),
      rows: results.items.map((attempt) => activityRow(attempt, facts)),
      next: results.next,
      previous: results.previous,
    }
    if (isUnchanged(ctx, figures)) return
    const now = Date.now()
    return ctx.view.render('pages/runs/show', {
      ...figures,
      now,
      outcome,
      links: listLinks(`/runs/${run.id}`, { outcome }),
      pace: runPace(run, now),
    })
  }
}
