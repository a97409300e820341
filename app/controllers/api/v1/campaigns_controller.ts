import type { HttpContext } from '@adonisjs/core/http'
import { answerList, engineOf } from '#controllers/api/v1/answers'
import { actorOfKey, refuseCampaign } from '#controllers/api/v1/campaign_answers'
import { NOT_FOUND } from '#services/campaigns/refusals'
import { apiCampaign, apiCampaignSummary } from '#transformers/api_campaign'
import { campaignList, newCampaign } from '#validators/api/campaigns'
import { noInput, toCursor } from '#validators/api_input'

/** The campaigns of the organization. */
export default class CampaignsController {
  /** The newest first. */
  async index(ctx: HttpContext) {
    const { archived, cursor: place, limit: size } = await campaignList(ctx.request.qs())
    const { campaigns } = await engineOf(ctx)
    const page = await campaigns.page(actorOfKey(ctx), { archived, cursor: toCursor(place), size })
    return answerList(ctx, page.items.map(apiCampaignSummary), page)
  }

  async show(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const { campaigns } = await engineOf(ctx)
    const campaign = await campaigns.find(actorOfKey(ctx), ctx.params.id)
    if (!campaign) return refuseCampaign(ctx, NOT_FOUND)
    ctx.response.json(apiCampaign(campaign))
  }

  async store(ctx: HttpContext) {
    const { name, window_hours: windowHours } = await newCampaign(ctx.request.body())
    const { campaigns } = await engineOf(ctx)
    const actor = actorOfKey(ctx)
    const made = await campaigns.create(actor, { name, windowHours })
    if (!made.ok) return refuseCampaign(ctx, made)
    ctx.audit?.about({ id: made.campaignId })
    const campaign = await campaigns.find(actor, made.campaignId)
    if (!campaign) return refuseCampaign(ctx, NOT_FOUND)
    ctx.response.status(201).header('Location', `/api/v1/campaigns/${campaign.id}`)
    ctx.response.json(apiCampaign(campaign))
  }
}
