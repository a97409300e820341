import type { HttpContext } from '@adonisjs/core/http'
import vine from '@vinejs/vine'
import { answerList, engineOf } from '#controllers/api/v1/answers'
import { actorOfKey, refuseCampaign } from '#controllers/api/v1/campaign_answers'
import { NOT_FOUND } from '#services/campaigns/refusals'
import { apiCampaign, apiCampaignSummary } from '#transformers/api_campaign'
import { apiInput, noInput } from '#validators/api_input'

const query = apiInput({ archived: vine.boolean().optional() })
const body = apiInput({
  name: vine.string(),
  window_hours: vine.number({ strict: true }).optional(),
})

/** The campaigns of the organization. */
export default class CampaignsController {
  /** By name, all at once: there are few. */
  async index(ctx: HttpContext) {
    const { archived } = await query(ctx.request.qs())
    const { campaigns } = await engineOf(ctx)
    const list = await campaigns.list(actorOfKey(ctx), { archived })
    return answerList(ctx, list.map(apiCampaignSummary), { next: null, previous: null })
  }

  async show(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const { campaigns } = await engineOf(ctx)
    const campaign = await campaigns.find(actorOfKey(ctx), ctx.params.id)
    if (!campaign) return refuseCampaign(ctx, NOT_FOUND)
    ctx.response.json(apiCampaign(campaign))
  }

  async store(ctx: HttpContext) {
    const { name, window_hours: windowHours } = await body(ctx.request.body())
    const { campaigns } = await engineOf(ctx)
    const actor = actorOfKey(ctx)
    const made = await campaigns.create(actor, { name, windowHours })
    if (!made.ok) return refuseCampaign(ctx, made)
    const campaign = await campaigns.find(actor, made.campaignId)
    if (!campaign) return refuseCampaign(ctx, NOT_FOUND)
    ctx.response.status(201).header('Location', `/api/v1/campaigns/${campaign.id}`)
    ctx.response.json(apiCampaign(campaign))
  }
}
