import type { HttpContext } from '@adonisjs/core/http'
import {
  leave,
  numberOf,
  refuse,
  refusedBecause,
  refusedWindow,
  textOf,
  throwUnlessForm,
} from '#controllers/admin/campaign_answers'
import type { Engine } from '#services/build_engine'
import type { WindowResult } from '#services/campaigns/types'

/**
 * The authorization windows of a campaign's members. The page of the campaign and the streamer's own page post here under
 * addresses of their own, and each person comes back to where they were.
 */
export default class CampaignWindowsController {
  async grant(ctx: HttpContext) {
    const { windows }: Engine = await ctx.containerResolver.make('engine')
    const { id, connection } = ctx.params
    const hours = numberOf(textOf(ctx, 'hours'))
    const result = await windows.authorize(ctx.membership, id, connection, { hours })
    return answer(ctx, result, 'granted')
  }

  async extend(ctx: HttpContext) {
    const { windows }: Engine = await ctx.containerResolver.make('engine')
    const { id, connection } = ctx.params
    const hours = numberOf(textOf(ctx, 'hours')) ?? Number.NaN
    const result = await windows.extend(ctx.membership, id, connection, { hours })
    return answer(ctx, result, 'extended')
  }

  async revoke(ctx: HttpContext) {
    const { windows }: Engine = await ctx.containerResolver.make('engine')
    const { id, connection } = ctx.params
    const result = await windows.revoke(ctx.membership, id, connection)
    if (result.ok) return leave(ctx, pageOf(ctx), ctx.i18n.t('campaigns.window.revoked'))
    throwUnlessForm(ctx, result)
    return refuse(ctx, pageOf(ctx), { form: 'window', message: refusedBecause(ctx, result) })
  }
}

function answer(ctx: HttpContext, result: WindowResult, done: 'granted' | 'extended') {
  const page = pageOf(ctx)
  if (result.ok) {
    const moment = ctx.words.moment(result.authorizedUntil, Date.now())
    return leave(ctx, page, ctx.i18n.t(`campaigns.window.${done}`, { moment }))
  }
  throwUnlessForm(ctx, result)
  const { id: campaignId, connection: connectionId } = ctx.params
  const about = { campaignId, connectionId, hours: textOf(ctx, 'hours') }
  return refuse(ctx, page, refusedWindow(ctx, result, about))
}

function pageOf({ params, request }: HttpContext): string {
  return request.url().startsWith('/streamer/') ? '/streamer' : `/campaigns/${params.id}`
}
