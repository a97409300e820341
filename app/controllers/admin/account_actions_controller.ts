import { errors, type HttpContext } from '@adonisjs/core/http'
import type { RefreshOutcome } from '#token_refresh/types'
import dashboard from '#services/dashboard_service'
import { disconnectNotice } from '#transformers/disconnect_notice'
import { refreshNotice, type Notice } from '#transformers/refresh_notice'

type Result = { ok: true } | { ok: false; reason: string }

/** The buttons of the account page. Each ends on that page with one sentence about what happened. */
export default class AccountActionsController {
  async refresh(ctx: HttpContext) {
    const { engine, id, parentId } = await this.#target(ctx)
    // A token that derives from another account is renewed with that one's.
    const request = { kind: 'manual', force: true } as const
    const outcome: RefreshOutcome = await engine.refresh.refreshOne(parentId ?? id, request)
    return this.#backToAccount(ctx, id, refreshNotice(outcome, Date.now()))
  }

  async pause(ctx: HttpContext) {
    const { engine, id } = await this.#target(ctx)
    const result = await engine.connections.pause(ctx.membership.organizationId, id)
    return this.#backToAccount(
      ctx,
      id,
      notice(result, 'Paused. Nothing refreshes this account until it is resumed.')
    )
  }

  async resume(ctx: HttpContext) {
    const { engine, id } = await this.#target(ctx)
    const result = await engine.connections.resume(ctx.membership.organizationId, id)
    return this.#backToAccount(ctx, id, notice(result, 'Resumed.'))
  }

  async reactivate(ctx: HttpContext) {
    const { engine, id } = await this.#target(ctx)
    const result = await engine.connections.reactivate(ctx.membership.organizationId, id)
    return this.#backToAccount(
      ctx,
      id,
      notice(result, 'Reactivated. If the grant is dead, reconnect the account.')
    )
  }

  async disconnect(ctx: HttpContext) {
    const { engine, id } = await this.#target(ctx)
    const result = await engine.disconnections.disconnect(ctx.membership.organizationId, id)
    return this.#backToAccount(ctx, id, disconnectNotice(result))
  }

  /** The engine and the id of a connection of this organization; an unknown or foreign one is not found. */
  async #target(ctx: HttpContext) {
    const connection = await dashboard.connection(ctx.membership.organizationId, ctx.params.id)
    if (!connection) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    const { default: engine } = await import('#services/engine')
    return { engine, id: connection.id, parentId: connection.parentId }
  }

  #backToAccount({ response, session }: HttpContext, id: string, message: Notice) {
    session.flash('notice', message)
    return response.redirect().status(303).toPath(`/accounts/${id}`)
  }
}

function notice(result: Result, done: string): Notice {
  if (result.ok) return { tone: 'good', text: done }
  return { tone: 'bad', text: `That did not work: ${result.reason.replaceAll('_', ' ')}.` }
}
