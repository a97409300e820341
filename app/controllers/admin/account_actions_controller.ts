import type { HttpContext } from '@adonisjs/core/http'
import { targetAccount, type MadeLinkNotice } from '#controllers/admin/account_target'
import { makeReconnectLink } from '#services/bulk/reconnect_link'
import { loadProviderFacts } from '#services/load_provider_facts'
import { afterGate } from '#services/provider_facts'
import { leaseHolder } from '#services/lease_holder'
import { busyNotice, refreshNotice, type Notice } from '#transformers/refresh_notice'
import { safeReturnTo } from '#validators/return_to'

type Result = { ok: true } | { ok: false; reason: string }

/** The buttons of the account page. Each ends on that page with one sentence about what happened. */
export default class AccountActionsController {
  async refresh(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    const speech = { t: ctx.i18n.t.bind(ctx.i18n), words: ctx.words, now: Date.now() }
    // A token that derives from another account is renewed with that one's.
    const renewed = connection.parentId ? connection.parent : connection
    const busy = await leaseHolder(renewed, speech.now)
    if (busy) return this.#backToAccount(ctx, connection.id, busyNotice(busy, speech.t))
    const outcome = await engine.refresh.refreshOne(renewed.id, { kind: 'manual', force: true })
    const { closedGates } = await loadProviderFacts(connection.organizationId)
    const retryAt = afterGate(outcome.retryAt, closedGates.get(renewed.provider))
    const notice = refreshNotice({ ...outcome, retryAt }, { ...speech, now: Date.now() })
    return this.#backToAccount(ctx, connection.id, notice)
  }

  async pause(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    const result = await engine.connections.pause(connection.organizationId, connection.id)
    return this.#switched(ctx, connection.id, result, 'paused')
  }

  async resume(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    const result = await engine.connections.resume(connection.organizationId, connection.id)
    return this.#switched(ctx, connection.id, result, 'resumed')
  }

  async reactivate(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    const result = await engine.connections.reactivate(connection.organizationId, connection.id)
    return this.#switched(ctx, connection.id, result, 'reactivated')
  }

  /** Makes a link by which the account's owner renews the grant without an account here. */
  async link(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    const { organizationId, id } = connection
    const createdBy = ctx.auth.use('web').getUserOrFail().email
    const links = await ctx.containerResolver.make('connectLinks')
    const made = await makeReconnectLink(engine, links, { organizationId, id, createdBy })
    const link = made.linkId ? await links.find(made.linkId) : null
    if (!link) {
      const text = ctx.i18n.t(`account.link.refused.${made.reason}`)
      return this.#backToAccount(ctx, id, { tone: 'bad', text })
    }
    ctx.audit?.about({ id: link.id })
    ctx.audit?.note({ connection: id })
    const text = ctx.i18n.t('account.link.made')
    const { expiresAt } = link
    const notice: MadeLinkNotice = { tone: 'good', text, link: { id: link.id, expiresAt } }
    return this.#backToAccount(ctx, id, notice)
  }

  #switched(ctx: HttpContext, id: string, result: Result, done: 'paused' | 'resumed' | 'reactivated') {
    const text = result.ok
      ? ctx.i18n.t(`account.done.${done}`)
      : ctx.i18n.t(`account.done.not.${result.reason}`)
    return this.#backToAccount(ctx, id, { tone: result.ok ? 'good' : 'bad', text })
  }

  /** Where somebody acts on a list, the list names itself in the form. */
  #backToAccount({ request, response, session }: HttpContext, id: string, message: Notice) {
    session.flash('notice', message)
    const target = safeReturnTo(request.input('return_to'), `/accounts/${id}`)
    return response.redirect().status(303).toPath(target)
  }
}
