import type { HttpContext } from '@adonisjs/core/http'
import {
  leave,
  notFound,
  numberOf,
  refuse,
  refusedBecause,
  refusedForm,
  textOf,
  throwUnlessForm,
} from '#controllers/admin/campaign_answers'
import { isUnchanged } from '#controllers/admin/live_page'
import { appUrl } from '#config/app'
import { mayAdministerCampaigns } from '#policies/campaign_policy'
import { mayReconnect } from '#policies/channel_policy'
import type { Engine } from '#services/build_engine'
import { loadProviderFacts } from '#services/load_provider_facts'
import { connectionsById, membersToReconnect } from '#services/member_accounts'
import { campaignPage, campaignRow } from '#transformers/campaign_rows'

/** The list of campaigns, the page of one campaign, and what it is called. */
export default class CampaignsController {
  async index(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const now = Date.now()
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const archived = textOf(ctx, 'archived') === 'yes'
    const list = await campaigns.list(ctx.membership, { archived })
    const facts = await loadProviderFacts(organizationId)
    const ids = list.map(({ id }) => id)
    const dead = await membersToReconnect(organizationId, ids, { facts, now })
    const rows = list.map((campaign) => campaignRow(campaign, dead.get(campaign.id) ?? []))
    const figures = { rows, archived, mayAdminister: mayAdministerCampaigns(ctx.membership) }
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/campaigns/index', { ...figures, now })
  }

  create(ctx: HttpContext) {
    if (!mayAdministerCampaigns(ctx.membership)) {
      throwUnlessForm(ctx, { ok: false, reason: 'not_allowed' })
    }
    return ctx.view.render('pages/campaigns/new', { refused: refusedForm(ctx) })
  }

  async store(ctx: HttpContext) {
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const values = { name: textOf(ctx, 'name'), windowHours: textOf(ctx, 'windowHours') }
    const input = { name: values.name, windowHours: numberOf(values.windowHours) }
    const result = await campaigns.create(ctx.membership, input)
    if (result.ok) {
      ctx.audit?.about({ id: result.campaignId })
      return leave(ctx, `/campaigns/${result.campaignId}`, ctx.i18n.t('campaigns.form.created'))
    }
    throwUnlessForm(ctx, result)
    const message = refusedBecause(ctx, result)
    return refuse(ctx, '/campaigns/new', { form: 'settings', message, field: result.field, values })
  }

  async show(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const now = Date.now()
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const campaign = await campaigns.find(ctx.membership, ctx.params.id)
    if (!campaign) throw notFound(ctx.request)
    const ids = campaign.memberList.map(({ connectionId }) => connectionId)
    const connections = await connectionsById(organizationId, ids)
    const facts = await loadProviderFacts(organizationId)
    const page = campaignPage(campaign, { connections, facts, now, t: ctx.i18n.t.bind(ctx.i18n) })
    if (isUnchanged(ctx, page)) return
    const find = textOf(ctx, 'find').slice(0, 100)
    const addable = await campaigns.addable(ctx.membership, campaign.id, { find })
    return ctx.view.render('pages/campaigns/show', {
      ...page,
      now,
      find,
      addable: campaign.archivedAt === null ? addable : null,
      nameOf: (provider: string) => facts.look(provider).name,
      refused: refusedForm(ctx),
      appUrl,
      mayReconnect: (id: string) =>
        mayReconnect(ctx.membership, { ownerUserId: connections.get(id)?.ownerUserId ?? null }),
    })
  }

  async update(ctx: HttpContext) {
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const path = `/campaigns/${ctx.params.id}`
    const values = { name: textOf(ctx, 'name'), windowHours: textOf(ctx, 'windowHours') }
    const change = { name: values.name, windowHours: numberOf(values.windowHours) }
    const result = await campaigns.update(ctx.membership, ctx.params.id, change)
    if (result.ok) return leave(ctx, path, ctx.i18n.t('campaigns.form.saved'))
    throwUnlessForm(ctx, result)
    const message = refusedBecause(ctx, result)
    return refuse(ctx, path, { form: 'settings', message, field: result.field, values })
  }

  async archive(ctx: HttpContext) {
    const { campaigns }: Engine = await ctx.containerResolver.make('engine')
    const result = await campaigns.archive(ctx.membership, ctx.params.id)
    if (result.ok) return leave(ctx, '/campaigns', ctx.i18n.t('campaigns.archive.done'))
    throwUnlessForm(ctx, result)
    return refuse(ctx, `/campaigns/${ctx.params.id}`, {
      form: 'archive',
      message: refusedBecause(ctx, result),
    })
  }
}
