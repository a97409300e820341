import type { HttpContext } from '@adonisjs/core/http'
import { notificationsOf } from '#controllers/notifications/form_answers'
import { PERSONAL_CHANNELS } from '#notifications/types'
import { mayManageAlerts } from '#policies/notification_policy'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts } from '#services/load_provider_facts'
import { EVENT_GROUPS, KIND_WORDS, PERSONAL_WORDS } from '#transformers/notification_words'

/** What rules can name in this organization: its providers in use and its channels, with what people call them. */
export async function ruleChoices(ctx: HttpContext) {
  const { organizationId, role, organization } = ctx.membership
  const facts = await loadProviderFacts(organizationId)
  const used = await dashboard.accountsByProvider(organizationId)
  const { channels: service } = await notificationsOf(ctx)
  const channels = mayManageAlerts(role) ? await service.list(organizationId) : []
  const names = new Map(channels.map(({ id, name }) => [id, name]))
  return {
    channels,
    providers: [...used.keys()].map((id) => ({ id, name: facts.look(id).name })),
    named: {
      provider: (id: string) => facts.look(id).name,
      channel: (id: string) => names.get(id) ?? null,
      organization: organization.name,
    },
  }
}

type Choices = Awaited<ReturnType<typeof ruleChoices>>

/** What the form of a rule offers; providers that the rule names already are offered although nothing uses them. */
export function formChoices(
  { channels, providers, named }: Choices,
  chosen: string[],
  ofOrganization: boolean
) {
  const more = chosen.filter((id) => !providers.some((one) => one.id === id))
  const groups = EVENT_GROUPS.map(({ title, events }) => ({
    title,
    events: events.filter(({ name }) => ofOrganization || name !== 'connection.refreshed'),
  }))
  const personal = PERSONAL_CHANNELS.map((value) => ({ value, label: PERSONAL_WORDS[value], hint: null }))
  const shared = channels.map(({ id, name, kind, target }) => {
    return { value: id, label: name, hint: `${KIND_WORDS[kind].label}, ${target}` }
  })
  return {
    groups,
    providers: [...providers, ...more.map((id) => ({ id, name: named.provider(id) }))],
    channels: ofOrganization ? shared : personal,
  }
}
