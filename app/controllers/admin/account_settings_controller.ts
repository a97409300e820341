import type { HttpContext } from '@adonisjs/core/http'
import { REFUSED_FORM, targetAccount } from '#controllers/admin/account_target'
import { saveAccountSettings } from '#services/account_settings'
import { disconnectNotice } from '#transformers/disconnect_notice'
import { accountName } from '#transformers/account_name'
import { accountForm } from '#validators/account_form'

/** What people set on one account, and its end. Each form stands on the tab of settings. */
export default class AccountSettingsController {
  async update(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    const body = ctx.request.body()
    const read = accountForm(body)
    if (!read.ok) {
      const { tags, notes, margin, jitter, priority, keep_alive: keepAlive, muted } = body
      const values = { tags, notes, margin, jitter, priority, keepAlive, muted: muted === 'yes' }
      return this.#askAgain(ctx, connection.id, { values, problems: read.problems })
    }
    await saveAccountSettings(engine.windows, connection.organizationId, connection.id, read.form)
    ctx.session.flash('notice', { tone: 'good', text: ctx.i18n.t('account.settings.saved') })
    return this.#toSettings(ctx, connection.id)
  }

  async disconnect(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    if (!isTyped(ctx, accountName(connection))) return this.#untyped(ctx, connection.id, 'disconnect')
    const result = await engine.disconnections.disconnect(connection.organizationId, connection.id)
    ctx.session.flash('notice', disconnectNotice(result, ctx.i18n.t.bind(ctx.i18n)))
    return ctx.response.redirect().status(303).toPath(`/accounts/${connection.id}`)
  }

  /** Ends the grant, if that is not done yet, and forgets the account with its past. */
  async destroy(ctx: HttpContext) {
    const { engine, connection } = await targetAccount(ctx)
    const name = accountName(connection)
    if (!isTyped(ctx, name)) return this.#untyped(ctx, connection.id, 'delete')
    const done = await engine.deletion.delete(connection.organizationId, connection.id)
    const key = done.ok ? 'account.deleted.done' : `account.deleted.refused.${done.reason}`
    const text = ctx.i18n.t(key, { name })
    ctx.session.flash('notice', { tone: done.ok ? 'good' : 'bad', text })
    const path = done.ok ? '/accounts' : `/accounts/${connection.id}?tab=settings`
    return ctx.response.redirect().status(303).toPath(path)
  }

  #untyped(ctx: HttpContext, id: string, form: 'disconnect' | 'delete') {
    const typed = String(ctx.request.input('name') ?? '').slice(0, 255)
    return this.#askAgain(ctx, id, { form, typed })
  }

  /** The same tab with a sentence beside the field, and what was typed. */
  #askAgain(ctx: HttpContext, id: string, refused: object) {
    ctx.session.flash(REFUSED_FORM, refused)
    return this.#toSettings(ctx, id)
  }

  #toSettings({ response }: HttpContext, id: string) {
    return response.redirect().status(303).toPath(`/accounts/${id}?tab=settings`)
  }
}

/** Whether the account's name was typed, as what cannot be undone asks for; spaces around it do not count. */
function isTyped({ request }: HttpContext, name: string): boolean {
  const typed: unknown = request.input('name')
  return typeof typed === 'string' && typed.trim().normalize() === name.normalize()
}
