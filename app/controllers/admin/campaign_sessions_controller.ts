import type { HttpContext } from '@adonisjs/core/http'
import { leave, refuse, throwUnlessForm } from '#controllers/admin/campaign_answers'
import type { Engine } from '#services/build_engine'

/** Starting and ending the live sessions of a campaign. */
export default class CampaignSessionsController {
  /** A start that is refused goes back to the campaign with everybody who is not ready, and why. */
  async start(ctx: HttpContext) {
    const { campaignSessions }: Engine = await ctx.containerResolver.make('engine')
    const path = `/campaigns/${ctx.params.id}`
    const result = await campaignSessions.start(ctx.membership, ctx.params.id)
    if (result.ok) return leave(ctx, path, 'The session is live. Every member is healthy.')
    throwUnlessForm(ctx, result)
    const unhealthy = 'unhealthy' in result ? result.unhealthy : []
    return refuse(ctx, path, { form: 'session', message: result.message, unhealthy })
  }

  async end(ctx: HttpContext) {
    const { campaignSessions }: Engine = await ctx.containerResolver.make('engine')
    const { id, session } = ctx.params
    const result = await campaignSessions.end(ctx.membership, id, session)
    if (result.ok) return leave(ctx, `/campaigns/${id}`, 'The session has ended.')
    throwUnlessForm(ctx, result)
    return refuse(ctx, `/campaigns/${id}`, { form: 'session', message: result.message })
  }
}
