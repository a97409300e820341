import { errors, type HttpContext } from '@adonisjs/core/http'
import { madeLinks } from '#services/bulk/reconnect_link_list'
import { csvLine } from '#services/csv'
import { loadProviderFacts } from '#services/load_provider_facts'
import { findRun } from '#services/run_pages'
import { accountName } from '#transformers/account_name'
import { connectLinkUrl } from '#transformers/connect_link_url'

const SHOWN = 200
const HEAD = ['owner', 'account', 'provider', 'connection_id', 'url', 'expires_at', 'sent_to']

/** The reconnect links that a run made: to copy one by one, or as a file for whoever sends them. */
export default class ReconnectLinksController {
  async show(ctx: HttpContext) {
    const { request, response, membership } = ctx
    const run = await findRun(membership.organizationId, ctx.params.id)
    if (!run) throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
    const now = Date.now()
    const links = (await madeLinks(run.id, now)).map((link) => ({
      ...link,
      name: accountName(link),
      url: connectLinkUrl(link.linkId),
    }))
    if (request.input('format') === 'csv') {
      const lines = links.map(({ owner, name, provider, connectionId, url, expiresAt, sentTo }) =>
        csvLine([owner, name, provider, connectionId, url, new Date(expiresAt).toISOString(), sentTo ?? ''])
      )
      response.header('Content-Disposition', `attachment; filename="reconnect-links-${run.id}.csv"`)
      return response.type('text/csv; charset=utf-8').send(csvLine(HEAD) + lines.join(''))
    }
    const letters = await ctx.containerResolver.make('reconnectLetters')
    const facts = await loadProviderFacts(membership.organizationId)
    return ctx.view.render('pages/accounts/links', {
      ...{ run: { id: run.id, open: run.finishedAt === null }, now, total: links.length },
      sends: letters.configured,
      links: links.slice(0, SHOWN).map((link) => ({ ...link, look: facts.look(link.provider) })),
    })
  }
}
