import type { HttpContext } from '@adonisjs/core/http'
import { engineOf } from '#controllers/api/v1/answers'
import { actorOfKey, refuseCampaign, refuseStart } from '#controllers/api/v1/campaign_answers'
import { idOf } from '#services/campaigns/rows'
import { noInput } from '#validators/api_input'

/** Starting and ending the live sessions of a campaign (T8). */
export default class CampaignSessionsController {
  /** 201 where every member is healthy; otherwise nothing begins, and the answer lists who is not. */
  async store(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const { campaignSessions } = await engineOf(ctx)
    const started = await campaignSessions.start(actorOfKey(ctx), ctx.params.id)
    if (!started.ok) return refuseStart(ctx, started)
    const { sessionId: id, startedAt } = started
    const figures = { id, campaign_id: idOf(ctx.params.id), state: 'live' }
    ctx.response.status(201).json({ ...figures, started_at: new Date(startedAt).toISOString() })
  }

  /** A second time changes nothing. */
  async destroy(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const { campaignSessions } = await engineOf(ctx)
    const { id, session } = ctx.params
    const ended = await campaignSessions.end(actorOfKey(ctx), id, session)
    if (!ended.ok) return refuseCampaign(ctx, ended)
    ctx.response.noContent()
  }
}
