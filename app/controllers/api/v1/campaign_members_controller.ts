import type { HttpContext } from '@adonisjs/core/http'
import { engineOf } from '#controllers/api/v1/answers'
import { actorOfKey, refuseCampaign, refuseWindow } from '#controllers/api/v1/campaign_answers'
import { idOf } from '#services/campaigns/rows'
import { NOT_FOUND } from '#services/campaigns/refusals'
import { apiCampaignMember } from '#transformers/api_campaign'
import { newMember, newWindow } from '#validators/api/campaigns'
import { noInput } from '#validators/api_input'

/** The channels of a campaign, and the windows in which it may use them. */
export default class CampaignMembersController {
  async store(ctx: HttpContext) {
    const { connection_id: connectionId } = await newMember(ctx.request.body())
    ctx.audit?.about({ connection: connectionId })
    const { campaigns } = await engineOf(ctx)
    const actor = actorOfKey(ctx)
    const added = await campaigns.addMember(actor, ctx.params.id, connectionId)
    if (!added.ok) return refuseCampaign(ctx, added)
    const campaign = await campaigns.find(actor, ctx.params.id)
    const member = campaign?.memberList.find((one) => one.connectionId === idOf(connectionId))
    if (!member) return refuseCampaign(ctx, NOT_FOUND)
    ctx.response.status(201).json(apiCampaignMember(member))
  }

  /** Closes the channel's window, too. A second time changes nothing. */
  async destroy(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const { campaigns } = await engineOf(ctx)
    const { id, connection } = ctx.params
    const removed = await campaigns.removeMember(actorOfKey(ctx), id, connection)
    if (!removed.ok) return refuseCampaign(ctx, removed)
    ctx.response.noContent()
  }

  /** Opens the window (T1): the token is refreshed at once, and where that fails nothing opens. */
  async authorize(ctx: HttpContext) {
    const { hours } = await newWindow(ctx.request.body())
    const { windows, clock } = await engineOf(ctx)
    const { id, connection } = ctx.params
    const opened = await windows.authorize(actorOfKey(ctx), id, connection, { hours })
    if (!opened.ok) return refuseWindow(ctx, opened, clock.now())
    const { authorizedUntil, tokenExpiresAt } = opened
    ctx.response.json({
      campaign_id: idOf(id),
      connection_id: idOf(connection),
      authorized_until: new Date(authorizedUntil).toISOString(),
      token_expires_at: tokenExpiresAt === null ? null : new Date(tokenExpiresAt).toISOString(),
    })
  }

  /** Closes the window now. A second time changes nothing. */
  async revoke(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const { windows } = await engineOf(ctx)
    const { id, connection } = ctx.params
    const revoked = await windows.revoke(actorOfKey(ctx), id, connection)
    if (!revoked.ok) return refuseCampaign(ctx, revoked)
    ctx.response.noContent()
  }
}
