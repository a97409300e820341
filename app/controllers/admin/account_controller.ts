import { errors, type HttpContext } from '@adonisjs/core/http'
import { accountTab, tabFigures } from '#controllers/admin/account_tabs'
import { REFUSED_FORM, type MadeLinkNotice } from '#controllers/admin/account_target'
import { isUnchanged } from '#controllers/admin/live_page'
import type Connection from '#models/connection'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts } from '#services/load_provider_facts'
import { accountDetail } from '#transformers/account_detail'
import { connectLinkUrl } from '#transformers/connect_link_url'

/** A rehearsal says nothing about the account's condition. */
const isReal = ({ kind }: { kind: string }) => kind !== 'test'

/** The page of one account; each of its tabs has an address. */
export default class AccountController {
  async show(ctx: HttpContext) {
    const connection = await dashboard.connection(ctx.membership.organizationId, ctx.params.id)
    if (!connection) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    const now = Date.now()
    const tab = accountTab(ctx.request.qs().tab)
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    const attempts = await dashboard.attempts(connection)
    const owner = await dashboard.ownerName(connection)
    const speech = { t: ctx.i18n.t.bind(ctx.i18n), words: ctx.words }
    const newest = attempts.find(isReal) ?? null
    const account = accountDetail(connection, { facts, now, owner, newest, ...speech })
    const look = {
      connection,
      attempts,
      health: account.health,
      nextAt: account.nextAt,
      provider: facts.find(connection.provider),
      now,
    }
    const { figures, moving } = await tabFigures(ctx, tab, look)
    const link = await madeLink(ctx, connection)
    if (isUnchanged(ctx, { tab, account, link, ...figures })) return
    const refused = ctx.session.flashMessages.get(REFUSED_FORM, null)
    return ctx.view.render('pages/accounts/show', { tab, account, ...figures, ...moving, now, link, refused })
  }
}

/** The link that the last form made, shown once, and where it could be sent. */
async function madeLink({ session, containerResolver }: HttpContext, connection: Connection) {
  const { link } = session.flashMessages.get('notice', {}) as Partial<MadeLinkNotice>
  if (!link) return null
  const letters = await containerResolver.make('reconnectLetters')
  const mail = letters.configured ? await letters.outlook(connection) : null
  return { ...link, url: connectLinkUrl(link.id), mail }
}
