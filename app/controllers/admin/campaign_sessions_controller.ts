import type { HttpContext } from '@adonisjs/core/http'
import { leave, refuse, refusedBecause, throwUnlessForm } from '#controllers/admin/campaign_answers'
import type { Engine } from '#services/build_engine'
import { inWords } from '#transformers/campaign_words'

/** Starting and ending the live sessions of a campaign. */
export default class CampaignSessionsController {
  /** A start that is refused goes back to the campaign with everybody who is not ready, and why. */
  async start(ctx: HttpContext) {
    const { campaignSessions }: Engine = await ctx.containerResolver.make('engine')
    const path = `/campaigns/${ctx.params.id}`
    const result = await campaignSessions.start(ctx.membership, ctx.params.id)
    if (result.ok) return leave(ctx, path, ctx.i18n.t('campaigns.session.started'))
    throwUnlessForm(ctx, result)
    if (result.reason !== 'unhealthy') {
      return refuse(ctx, path, { form: 'session', message: refusedBecause(ctx, result) })
    }
    const unhealthy = inWords(result.unhealthy, ctx.i18n.t.bind(ctx.i18n))
    const message = ctx.i18n.t('campaigns.refused.not_ready', { count: unhealthy.length })
    return refuse(ctx, path, { form: 'session', message, unhealthy })
  }

  async end(ctx: HttpContext) {
    const { campaignSessions }: Engine = await ctx.containerResolver.make('engine')
    const { id, session } = ctx.params
    const result = await campaignSessions.end(ctx.membership, id, session)
    if (result.ok) return leave(ctx, `/campaigns/${id}`, ctx.i18n.t('campaigns.session.ended'))
    throwUnlessForm(ctx, result)
    return refuse(ctx, `/campaigns/${id}`, { form: 'session', message: refusedBecause(ctx, result) })
  }
}
