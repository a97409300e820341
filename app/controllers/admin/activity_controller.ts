import { errors, type HttpContext } from '@adonisjs/core/http'
import observability from '#config/observability'
import retention from '#config/retention'
import { activityFigures } from '#controllers/admin/activity_figures'
import { shareNames } from '#controllers/admin/job_names'
import { isUnchanged } from '#controllers/admin/live_page'
import type RefreshAttempt from '#models/refresh_attempt'
import { moreOf, pageOf, readingOf, shownOf, type Reading } from '#controllers/admin/activity_reading'
import { encodeCursor } from '#services/account_cursor'
import * as log from '#services/activity_log'
import { loadProviderFacts } from '#services/load_provider_facts'
import type { ProviderFacts } from '#services/provider_facts'
import { mayAct } from '#policies/roles'
import { OUTCOMES } from '#services/run_pages'
import { REFRESH_KINDS } from '#token_refresh/types'
import { activityJson, activityTrace } from '#transformers/activity_detail'
import { activityRow } from '#transformers/activity_row'
import { listLinks } from '#transformers/list_links'
import { activityFilter, activityQuery } from '#validators/list_filters'

/** The refresh log over all accounts of the organization, and one entry of it. */
export default class ActivityController {
  /** An empty field of the filter form is no filter, and stays out of the URL. */
  async index(ctx: HttpContext) {
    const query = ctx.request.qs()
    const filter = activityFilter(query)
    const tail = query.tail === 'on'
    const links = listLinks('/activity', { ...activityQuery(filter), tail: tail ? 'on' : null })
    if (Object.values(query).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const now = Date.now()
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    shareNames(ctx, facts)
    const reading = readingOf(query, { links, isTail: tail })
    const list = await this.#list(ctx, filter, reading, { facts, now })
    const entryQuery = links.to({ tail: null }).split('?')[1] ?? ''
    if (reading.after) return ctx.view.render('pages/activity/more', { ...list, now, links, entryQuery })
    const figures = { ...list, ...(list.anything ? await activityFigures(ctx, filter, facts, now) : {}) }
    if (isUnchanged(ctx, figures)) return
    const look = typeof query.look === 'string' ? query.look : String(now)
    return ctx.view.render('pages/activity/index', {
      ...figures,
      ...{ now, filter, links, tail, entryQuery },
      kept: tail ? figures.until : look,
      poll: links.to({ until: tail ? null : figures.until, cursor: query.cursor ?? null, look }),
      still: tail && figures.until ? links.to({ until: figures.until, look }) : null,
      outcomes: OUTCOMES,
      kinds: REFRESH_KINDS,
      periods: Object.keys(log.PERIODS),
      retained: retention.attempts,
      providers: facts.providers.map(({ id, name }) => ({ id, name })),
    })
  }

  /**
   * The rows of a page. The newest page stays at its newest entry: what comes later is counted, and shown once somebody
   * asks; with `tail` it comes by itself, unless the page is asked to stay because somebody reads further down.
   */
  async #list(ctx: HttpContext, filter: log.ActivityFilter, reading: Reading, { facts, now }: Look) {
    const { organizationId } = ctx.membership
    const { cursor, until } = reading
    const page = await log.activityPage(organizationId, filter, pageOf(reading), now)
    const jobs = await log.jobsOf(page.items)
    const newest = !cursor && page.items.length > 0 ? placeOf(page.items[0]) : null
    const stays = newest && (reading.place.until ?? newest)
    return {
      rows: page.items.map((one) => activityRow(one, facts, jobs.get(one.runId ?? '') ?? null)),
      ...{ next: page.next, previous: page.previous, until: stays },
      shown: shownOf(reading, page.items.length),
      more: moreOf(reading, page.next, stays),
      newer: until ? await log.newerThan(organizationId, filter, until, now) : 0,
      anything: page.items.length > 0 || (await log.hasActivity(organizationId)),
    }
  }

  /** One entry, with the ones beside it in the list that it was opened from. */
  async show(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const entry = await log.findActivity(organizationId, ctx.params.id)
    if (!entry) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    const now = Date.now()
    const filter = activityFilter(ctx.request.qs())
    const facts = await loadProviderFacts(organizationId)
    shareNames(ctx, facts)
    const jobs = await log.jobsOf([entry])
    const search = new URLSearchParams(listLinks('', activityQuery(filter)).to({}).slice(1)).toString()
    return ctx.view.render('pages/activity/show', {
      row: activityRow(entry, facts, jobs.get(entry.runId ?? '') ?? null),
      json: activityJson(entry, mayAct(ctx.membership.role)),
      trace: activityTrace(entry, observability.traceUrl),
      beside: await log.neighbours(organizationId, filter, entry, now),
      search: search === '' ? '' : `?${search}`,
      now,
    })
  }
}

interface Look {
  facts: ProviderFacts
  now: number
}

function placeOf({ createdAt, id }: RefreshAttempt): string {
  return encodeCursor({ direction: 'next', createdAt: createdAt.toMillis(), id })
}
