import type { HttpContext } from '@adonisjs/core/http'
import { leave, refuse, textOf, throwUnlessForm } from '#controllers/admin/campaign_answers'
import type { Engine } from '#services/build_engine'

/** Who belongs to a campaign: the channels that are its members, and the people who lead it. */
export default class CampaignPeopleController {
  async addMember(ctx: HttpContext) {
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const path = `/campaigns/${ctx.params.id}`
    const connectionId = textOf(ctx, 'connectionId')
    const result = await campaigns.addMember(ctx.membership, ctx.params.id, connectionId)
    if (result.ok) return leave(ctx, path, 'Added. The streamer can grant it now.')
    throwUnlessForm(ctx, result)
    const message = connectionId === '' ? 'Choose a channel first.' : result.message
    return refuse(ctx, path, { form: 'member', message, field: 'connectionId', values: { connectionId } })
  }

  async removeMember(ctx: HttpContext) {
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const { id, connection } = ctx.params
    const result = await campaigns.removeMember(ctx.membership, id, connection)
    if (result.ok) return leave(ctx, `/campaigns/${id}`, 'Removed. Its window is closed.')
    throwUnlessForm(ctx, result)
    return refuse(ctx, `/campaigns/${id}`, { form: 'member', message: result.message })
  }

  async addGameMaster(ctx: HttpContext) {
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const path = `/campaigns/${ctx.params.id}`
    const userId = textOf(ctx, 'userId')
    const result = await campaigns.addGameMaster(ctx.membership, ctx.params.id, userId)
    if (result.ok) return leave(ctx, path, 'Added. This person can start sessions now.')
    throwUnlessForm(ctx, result)
    const message = userId === '' ? 'Choose a person first.' : result.message
    return refuse(ctx, path, { form: 'gameMaster', message, field: 'userId', values: { userId } })
  }

  async removeGameMaster(ctx: HttpContext) {
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const { id, user } = ctx.params
    const result = await campaigns.removeGameMaster(ctx.membership, id, user)
    if (result.ok) return leave(ctx, `/campaigns/${id}`, 'Removed from the game masters.')
    throwUnlessForm(ctx, result)
    return refuse(ctx, `/campaigns/${id}`, { form: 'gameMaster', message: result.message })
  }
}
