import type { HttpContext } from '@adonisjs/core/http'
import {
  leave,
  numberOf,
  refuse,
  refusedWindow,
  textOf,
  throwUnlessForm,
} from '#controllers/admin/campaign_answers'
import type { Engine } from '#services/build_engine'
import type { WindowResult } from '#services/campaigns/types'
import { moment } from '#transformers/time_words'

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
    return answer(ctx, result, 'Granted: the token was refreshed just now, and the window is open')
  }

  async extend(ctx: HttpContext) {
    const { windows }: Engine = await ctx.containerResolver.make('engine')
    const { id, connection } = ctx.params
    const hours = numberOf(textOf(ctx, 'hours')) ?? Number.NaN
    const result = await windows.extend(ctx.membership, id, connection, { hours })
    return answer(ctx, result, 'Extended: the window is open')
  }

  async revoke(ctx: HttpContext) {
    const { windows }: Engine = await ctx.containerResolver.make('engine')
    const { id, connection } = ctx.params
    const result = await windows.revoke(ctx.membership, id, connection)
    if (result.ok) return leave(ctx, pageOf(ctx), 'Taken back: the window is closed.')
    throwUnlessForm(ctx, result)
    return refuse(ctx, pageOf(ctx), { form: 'window', message: result.message })
  }
}

function answer(ctx: HttpContext, result: WindowResult, done: string) {
  const page = pageOf(ctx)
  if (result.ok) return leave(ctx, page, `${done} until ${moment(result.authorizedUntil, Date.now())}.`)
  throwUnlessForm(ctx, result)
  const { id: campaignId, connection: connectionId } = ctx.params
  return refuse(ctx, page, refusedWindow(result, { campaignId, connectionId, hours: textOf(ctx, 'hours') }))
}

function pageOf({ params, request }: HttpContext): string {
  return request.url().startsWith('/streamer/') ? '/streamer' : `/campaigns/${params.id}`
}
