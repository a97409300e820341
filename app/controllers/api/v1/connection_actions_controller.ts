import type { HttpContext } from '@adonisjs/core/http'
import { engineOf, notFound } from '#controllers/api/v1/answers'
import { writeProblem } from '#exceptions/problem'
import type Connection from '#models/connection'
import type { Engine } from '#services/build_engine'
import type { SwitchResult } from '#services/connection_switches'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts } from '#services/load_provider_facts'
import { apiConnection, reconnectUrl } from '#transformers/api_connection'
import { apiRefresh } from '#transformers/api_refresh'
import { noInput } from '#validators/api_input'

/** What is done to one connection. Each call may be repeated without harm. */
export default class ConnectionActionsController {
  /** Refreshes now, as a person asks for it. What came of it is the answer, a failure too. */
  async refresh(ctx: HttpContext) {
    const target = await find(ctx)
    if (!target) return notFound(ctx, 'connection')
    const { id, parentId } = target
    // A token that derives from another account is renewed with that one's.
    const request = { kind: 'manual', force: true } as const
    const outcome = await (await engineOf(ctx)).refresh.refreshOne(parentId ?? id, request)
    ctx.response.json(apiRefresh(outcome, id))
  }

  async pause(ctx: HttpContext) {
    return this.#switch(ctx, (connections, organizationId, id) => connections.pause(organizationId, id))
  }

  async resume(ctx: HttpContext) {
    return this.#switch(ctx, (connections, organizationId, id) => connections.resume(organizationId, id))
  }

  /** T10. `reconnect_needed` tells that the grant was refused before, so that only a person may revive it. */
  async reactivate(ctx: HttpContext) {
    return this.#switch(ctx, (connections, organizationId, id) => connections.reactivate(organizationId, id))
  }

  async #switch(
    ctx: HttpContext,
    act: (connections: Engine['connections'], organizationId: string, id: string) => Promise<SwitchResult>
  ) {
    const { organizationId } = ctx.apiKey
    const target = await find(ctx)
    if (!target) return notFound(ctx, 'connection')
    const done = await act((await engineOf(ctx)).connections, organizationId, target.id)
    if (!done.ok) return refuse(ctx, target, done.reason)
    const after = await dashboard.connection(organizationId, target.id)
    if (!after) return notFound(ctx, 'connection')
    const figures = apiConnection(after, await loadProviderFacts(organizationId), Date.now())
    ctx.response.json({ ...figures, reconnect_needed: done.reconnect ?? false })
  }
}

/** A connection of this organization; an unknown or foreign one is not found. */
async function find(ctx: HttpContext): Promise<Connection | null> {
  await noInput(ctx.request.body())
  return dashboard.connection(ctx.apiKey.organizationId, ctx.params.id)
}

function refuse(ctx: HttpContext, connection: Connection, reason: string): void {
  if (reason === 'not_found') return notFound(ctx, 'connection')
  const detail = 'The account is disconnected; a person must connect it again.'
  writeProblem(ctx, { status: 409, code: reason, detail, reconnectUrl: reconnectUrl(connection) })
}
