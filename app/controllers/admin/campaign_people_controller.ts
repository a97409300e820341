import type { HttpContext } from '@adonisjs/core/http'
import { leave, refuse, refusedBecause, textOf, throwUnlessForm } from '#controllers/admin/campaign_answers'
import type { Engine } from '#services/build_engine'
import type { Actor, Done } from '#services/campaigns/types'

type Campaigns = Engine['campaigns']
type Change = (campaigns: Campaigns, actor: Actor, campaignId: string, id: string) => Promise<Done>

/** One way of belonging to a campaign: the form that adds somebody, the part of the address that names them, and the doing. */
interface Belonging {
  form: 'member' | 'game_master'
  field: 'connectionId' | 'userId'
  named: 'connection' | 'user'
  add: Change
  remove: Change
}

const MEMBER: Belonging = {
  form: 'member',
  field: 'connectionId',
  named: 'connection',
  add: (campaigns, ...who) => campaigns.addMember(...who),
  remove: (campaigns, ...who) => campaigns.removeMember(...who),
}

const GAME_MASTER: Belonging = {
  form: 'game_master',
  field: 'userId',
  named: 'user',
  add: (campaigns, ...who) => campaigns.addGameMaster(...who),
  remove: (campaigns, ...who) => campaigns.removeGameMaster(...who),
}

/** Who belongs to a campaign: the channels that are its members, and the people who lead it. */
export default class CampaignPeopleController {
  addMember(ctx: HttpContext) {
    return add(ctx, MEMBER)
  }

  removeMember(ctx: HttpContext) {
    return remove(ctx, MEMBER)
  }

  addGameMaster(ctx: HttpContext) {
    return add(ctx, GAME_MASTER)
  }

  removeGameMaster(ctx: HttpContext) {
    return remove(ctx, GAME_MASTER)
  }
}

async function add(ctx: HttpContext, { form, field, named, add: doIt }: Belonging) {
  const { campaigns }: Engine = await ctx.containerResolver.make('engine')
  const path = `/campaigns/${ctx.params.id}`
  const id = textOf(ctx, field)
  ctx.audit?.about({ [named]: id })
  const result = await doIt(campaigns, ctx.membership, ctx.params.id, id)
  if (result.ok) return leave(ctx, path, ctx.i18n.t(`campaigns.people.${form}.added`))
  throwUnlessForm(ctx, result)
  const message = id === '' ? ctx.i18n.t(`campaigns.people.${form}.choose`) : refusedBecause(ctx, result)
  return refuse(ctx, path, { form, message, field, values: { [field]: id } })
}

async function remove(ctx: HttpContext, { form, named, remove: doIt }: Belonging) {
  const { campaigns }: Engine = await ctx.containerResolver.make('engine')
  const path = `/campaigns/${ctx.params.id}`
  const result = await doIt(campaigns, ctx.membership, ctx.params.id, ctx.params[named])
  if (result.ok) return leave(ctx, path, ctx.i18n.t(`campaigns.people.${form}.removed`))
  throwUnlessForm(ctx, result)
  return refuse(ctx, path, { form, message: refusedBecause(ctx, result) })
}
