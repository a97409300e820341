import { errors, type HttpContext } from '@adonisjs/core/http'
import { mayReconnect } from '#policies/channel_policy'
import { mayAct } from '#policies/roles'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts } from '#services/load_provider_facts'
import { accountRow } from '#transformers/account_row'
import { channelState } from '#transformers/channel_state'
import { safeReturnTo } from '#validators/return_to'

/** The page that a reconnect link leads to: what it is about, and one button that goes to the provider. */
export default class ReconnectController {
  /** For staff and for whoever owns the channel; for everybody else there is no such page. */
  async show(ctx: HttpContext) {
    const { membership, params, request } = ctx
    const connection = await dashboard.connection(membership.organizationId, params.id)
    if (!connection || !mayReconnect(membership, connection)) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    }
    const facts = await loadProviderFacts(membership.organizationId)
    const account = accountRow(connection, facts, null, Date.now())
    // A token that derives from another account is renewed with that one's grant.
    const renewed = connection.parentId ? connection.parent : connection
    const fallback = mayAct(membership.role) ? `/accounts/${connection.id}` : '/streamer'
    return ctx.view.render('pages/accounts/reconnect', {
      account,
      condition: channelState(account, ctx.i18n.t.bind(ctx.i18n)),
      reconnect: renewed.id,
      action: `/connect/${encodeURIComponent(renewed.provider)}/start`,
      isConfigured: Boolean(facts.find(renewed.provider)?.client),
      returnTo: safeReturnTo(request.input('return_to'), fallback),
    })
  }
}
