import type { HttpContext } from '@adonisjs/core/http'
import { answerList, engineOf, notFound } from '#controllers/api/v1/answers'
import { writeProblem } from '#exceptions/problem'
import { parseAccountFilter } from '#services/account_filter/parse_filter'
import { healthExpression } from '#services/account_list'
import { connectionList, type ConnectionListFilter } from '#services/connection_list'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts, loadProviderScope } from '#services/load_provider_facts'
import { apiConnection } from '#transformers/api_connection'
import { connectionQuery } from '#validators/api/connections'
import { noInput, refuseFields, toCursor, toMillis } from '#validators/api_input'

type Asked = Awaited<ReturnType<typeof connectionQuery>>

/** The connections of the organization, without their tokens. */
export default class ConnectionsController {
  async index(ctx: HttpContext) {
    const asked = await connectionQuery(ctx.request.qs())
    const { organizationId } = ctx.apiKey
    const filter = await this.#filter(ctx, asked)
    const facts = await loadProviderFacts(organizationId)
    const now = Date.now()
    const health = healthExpression(facts, now)
    const place = { cursor: toCursor(asked.cursor), size: asked.limit }
    const page = await connectionList(organizationId, filter, place, health)
    return answerList(
      ctx,
      page.items.map((connection) => apiConnection(connection, facts, now)),
      page
    )
  }

  async show(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const { organizationId } = ctx.apiKey
    const connection = await dashboard.connection(organizationId, ctx.params.id)
    if (!connection) return notFound(ctx, 'connection')
    const facts = await loadProviderFacts(organizationId)
    ctx.response.json(apiConnection(connection, facts, Date.now()))
  }

  /** Ends the grant at the provider and deletes the connection with its log and the accounts that derive from it. */
  async destroy(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const { deletion } = await engineOf(ctx)
    const done = await deletion.delete(ctx.apiKey.organizationId, String(ctx.params.id))
    if (done.ok) return ctx.response.noContent()
    if (done.reason === 'not_found') return notFound(ctx, 'connection')
    return writeProblem(ctx, { status: 409, code: done.reason, detail: KEPT[done.reason] })
  }

  /** A provider that does not exist and a search that makes no sense are errors: both would find nothing, or everything. */
  async #filter(ctx: HttpContext, asked: Asked): Promise<ConnectionListFilter> {
    const { organizationId } = ctx.apiKey
    const { catalogue } = await engineOf(ctx)
    const { provider, status = null, owner = null } = asked
    const found = provider === undefined ? null : await catalogue.resolve(organizationId, provider)
    if (provider !== undefined && !found) {
      refuseFields([
        { field: 'provider', rule: 'known', message: catalogue.unknown(organizationId, provider) },
      ])
    }
    const parsed = parseAccountFilter(asked.q ?? '', await loadProviderScope(organizationId))
    if (!parsed.ok) refuseFields([{ field: 'q', rule: 'search', message: parsed.reason }])
    const search = parsed.ok ? parsed.filter : { terms: [], words: [] }
    const expiresBefore = toMillis(asked.expires_before) ?? null
    return { provider: found?.id ?? null, status, owner, expiresBefore, search }
  }
}

const KEPT = {
  derived: 'Its token derives from another connection. Delete that one; this one goes with it.',
  connected_again: 'A person connected it again while it was being deleted, so it was kept.',
} as const
