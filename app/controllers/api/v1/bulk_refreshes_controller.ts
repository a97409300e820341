import type { HttpContext } from '@adonisjs/core/http'
import api from '#config/api'
import { actorOf, engineOf } from '#controllers/api/v1/answers'
import { writeProblem } from '#exceptions/problem'
import { parseAccountFilter } from '#services/account_filter/parse_filter'
import { healthExpression, narrowToQuery } from '#services/account_list'
import { refreshSelected } from '#services/bulk_refresh'
import { loadProviderFacts, loadProviderScope } from '#services/load_provider_facts'
import { findRun } from '#services/run_pages'
import type { RunSelection } from '#services/run_selection'
import { apiRun } from '#transformers/api_run'
import { bulkRefresh } from '#validators/api/connections'
import { refuseFields } from '#validators/api_input'

type Asked = Awaited<ReturnType<typeof bulkRefresh>>

/** Refreshes many connections as a run: those of the ids, or those that a filter selects. */
export default class BulkRefreshesController {
  async store(ctx: HttpContext) {
    const asked = await bulkRefresh(ctx.request.body())
    const { organizationId } = ctx.apiKey
    const selection = await selectionOf(ctx, asked)
    const key = JSON.stringify([organizationId, 'api', asked])
    const begun = await refreshSelected({ selection, trigger: 'api', actor: actorOf(ctx), key })
    ctx.audit?.note({ ...asked, run: begun?.runId })
    const run = begun && (await findRun(organizationId, begun.runId))
    if (!run) return refuse(ctx)
    ctx.response.status(202).header('Location', `/api/v1/runs/${run.id}`)
    ctx.response.json({ ...apiRun(run), joined: begun.joined })
  }
}

async function selectionOf(ctx: HttpContext, asked: Asked): Promise<RunSelection> {
  const { organizationId } = ctx.apiKey
  const { ids, filter, force = false } = asked
  if ((ids === undefined) === (filter === undefined))
    refuseFields([{ field: 'ids', rule: 'either', message: 'Give either ids or a filter' }])
  if (ids === undefined)
    return { organizationId, force, narrow: await narrowed(organizationId, filter ?? '') }
  const unknown = await (await engineOf(ctx)).tokenValidation.unknownIds(organizationId, ids)
  const message = `There is no connection ${unknown.join(', ')} in this organization`
  refuseFields(unknown.length === 0 ? [] : [{ field: 'ids', rule: 'known', message }])
  return { organizationId, ids: ids.map((id) => id.toLowerCase()), force }
}

async function narrowed(organizationId: string, filter: string): Promise<RunSelection['narrow']> {
  const parsed = parseAccountFilter(filter, await loadProviderScope(organizationId))
  if (!parsed.ok) {
    refuseFields([{ field: 'filter', rule: 'search', message: parsed.reason }])
    return undefined
  }
  const health = healthExpression(await loadProviderFacts(organizationId), Date.now())
  return { words: { search: filter }, apply: (query) => narrowToQuery(query, parsed.filter, health) }
}

function refuse(ctx: HttpContext): void {
  ctx.response.header('Retry-After', String(api.retryAfterStop))
  writeProblem(ctx, {
    status: 503,
    code: 'stopping',
    detail: 'This process is about to end. Try again in a moment.',
  })
}
