import { errors, type HttpContext } from '@adonisjs/core/http'
import { targetAccount, type MadeLinkNotice } from '#controllers/admin/account_target'
import type { SendResult } from '#services/letters/reconnect_letters'
import { addressOf, isAddress } from '#services/people/person_rules'
import { textField } from '#validators/text_field'

const LONGEST = 320

/** Sends the reconnect link that was just made to the owner of an account, or to an address that somebody types. */
export default class ReconnectLettersController {
  async store(ctx: HttpContext) {
    const { connection } = await targetAccount(ctx)
    const [id, written] = ['link', 'email'].map((name) => textField(ctx.request.input(name), LONGEST))
    const links = await ctx.containerResolver.make('connectLinks')
    const link = await links.find(id)
    if (link?.connectionId !== connection.id || link.organizationId !== connection.organizationId)
      throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    ctx.audit?.about({ id: link.id })
    const shown = { id: link.id, expiresAt: link.expiresAt }
    const address = addressOf(written)
    if (address !== '' && !isAddress(address)) {
      const text = ctx.i18n.t('account.link.letter.bad_address')
      return this.#back(ctx, { tone: 'bad', text, link: { ...shown, typed: written, wrong: true } })
    }
    const letters = await ctx.containerResolver.make('reconnectLetters')
    const again = ctx.request.input('again') === 'yes'
    const result = await letters.send(link, { to: address || null, locale: ctx.i18n.locale, again })
    ctx.audit?.note({ connection: connection.id, ...('to' in result ? { to: result.to } : {}), again })
    const text = this.#said(ctx, result)
    if (result.type === 'sent') return this.#back(ctx, { tone: 'good', text, link: shown })
    return this.#back(ctx, { tone: 'bad', text, link: { ...shown, typed: written } })
  }

  #said({ i18n, words }: HttpContext, result: SendResult): string {
    const to = 'to' in result ? result.to : ''
    const ago = 'at' in result ? words.ago(result.at, Date.now()) : ''
    return i18n.t(`account.link.letter.${result.type}`, { to, ago })
  }

  /** The link stays in view: it can still be copied, or sent to somebody else. */
  #back({ params, response, session }: HttpContext, notice: MadeLinkNotice) {
    session.flash('notice', notice)
    return response.redirect().status(303).toPath(`/accounts/${params.id}`)
  }
}
