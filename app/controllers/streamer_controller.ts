import type { HttpContext } from '@adonisjs/core/http'
import { refusedForm } from '#controllers/admin/campaign_answers'
import { isUnchanged } from '#controllers/admin/live_page'
import type { Engine } from '#services/build_engine'
import { loadProviderFacts } from '#services/load_provider_facts'
import { connectionsById } from '#services/member_accounts'
import type { ProviderFacts } from '#services/provider_facts'
import { channelCard } from '#transformers/campaign_rows'

/** The page of people who have channels: their own, and which campaigns ask for them. Nothing else of the organization. */
export default class StreamerController {
  async show(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const now = Date.now()
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const own = await campaigns.channels(ctx.membership)
    const ids = own.map(({ connectionId }) => connectionId)
    const connections = await connectionsById(organizationId, ids)
    const facts = await loadProviderFacts(organizationId)
    const around = { connections, facts, now, t: ctx.i18n.t.bind(ctx.i18n) }
    const channels = own.flatMap((channel) => channelCard(channel, around) ?? [])
    if (isUnchanged(ctx, channels)) return
    return ctx.view.render('pages/streamer/show', {
      channels,
      now,
      connectable: connectable(facts),
      refused: refusedForm(ctx),
    })
  }
}

/** Where a person can connect a channel with one click; accounts that come with others' are not connected by themselves. */
function connectable(facts: ProviderFacts) {
  const derived = new Set(facts.providers.map(({ children }) => children?.provider))
  return facts.providers
    .filter((provider) => {
      const isPlain = provider.grantType === 'authorization_code' && provider.resource === null
      const asksNothing = Object.keys(provider.config).length === 0
      return provider.client !== null && isPlain && asksNothing && !derived.has(provider.id)
    })
    .map(({ id }) => ({ id, ...facts.look(id) }))
}
