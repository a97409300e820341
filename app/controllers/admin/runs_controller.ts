import type { HttpContext } from '@adonisjs/core/http'
import { appUrl } from '#config/app'
import { shareNames } from '#controllers/admin/job_names'
import { isUnchanged } from '#controllers/admin/live_page'
import { sharePeople } from '#controllers/admin/people_names'
import { runOf } from '#controllers/admin/run_of'
import type Run from '#models/run'
import { decodeCursor } from '#services/account_cursor'
import { loadProviderFacts } from '#services/load_provider_facts'
import { compareWithPrevious } from '#services/run_comparison'
import { runPage, RUN_STATES, TRIGGERS } from '#services/run_pages'
import { countsByProvider, failureCauses, sumOf } from '#services/run_result_counts'
import { decodePlace, resultPage } from '#services/run_result_list'
import { listLinks } from '#transformers/list_links'
import { runComparisonRow } from '#transformers/run_comparison_row'
import { runDetail, runPace } from '#transformers/run_detail'
import { runEquivalents } from '#transformers/run_equivalents'
import { causeRow, runResultRow } from '#transformers/run_result_row'
import { runRow } from '#transformers/run_row'
import { resultFilter, runFilter } from '#validators/list_filters'

/** Runs that no schedule knows. */
const BY_HAND = ['token:refresh', 'token:verify']

/** The list of runs and the page of one run. */
export default class RunsController {
  /** An empty field of the filter form is no filter, and stays out of the URL. */
  async index(ctx: HttpContext) {
    const filter = runFilter(ctx.request.qs())
    const links = listLinks('/runs', { ...filter, trigger: filter.trigger ?? null })
    if (Object.values(ctx.request.qs()).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const cursor = decodeCursor(ctx.request.input('cursor'))
    const { items, next, previous } = await runPage(ctx.membership.organizationId, filter, cursor)
    const figures = { rows: items.map(runRow), next, previous }
    if (isUnchanged(ctx, figures)) return
    shareNames(ctx, await loadProviderFacts(ctx.membership.organizationId))
    await sharePeople(ctx)
    return ctx.view.render('pages/runs/index', {
      ...figures,
      now: Date.now(),
      filter,
      links,
      states: RUN_STATES,
      triggers: TRIGGERS,
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
    const run = await runOf(ctx)
    const filter = resultFilter(ctx.request.qs())
    const figures = await this.#figures(ctx, run)
    if (isUnchanged(ctx, figures)) return
    const now = Date.now()
    return ctx.view.render('pages/runs/show', {
      ...figures,
      now,
      filter,
      links: listLinks(`/runs/${run.id}`, { ...filter }),
      pace: runPace(run, now),
      equivalents: runEquivalents(run, appUrl),
    })
  }

  /** Everything on the page of a run that is not a matter of the moment. */
  async #figures(ctx: HttpContext, run: Run) {
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    shareNames(ctx, facts)
    await sharePeople(ctx)
    const providers = await countsByProvider(run)
    const counts = sumOf(providers)
    const results = await resultPage(
      run,
      resultFilter(ctx.request.qs()),
      decodePlace(ctx.request.input('cursor'))
    )
    const comparison = await compareWithPrevious(run)
    return {
      run: runDetail(run, counts),
      counts,
      providers: providers.map((one) => ({ ...one, ...facts.look(one.provider) })),
      causes:
        counts.failed + counts.retrying > 0
          ? (await failureCauses(run)).map((cause) => causeRow(cause, facts))
          : [],
      comparison: comparison && runComparisonRow(comparison, facts),
      rows: results.items.map((line) => runResultRow(line, facts)),
      next: results.next,
      previous: results.previous,
    }
  }
}
