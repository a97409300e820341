import type { HttpContext } from '@adonisjs/core/http'
import { notificationsOf } from '#controllers/notifications/form_answers'
import { PERSONAL_CHANNELS } from '#notifications/types'
import { mayManageAlerts } from '#policies/notification_policy'
import dashboard from '#services/dashboard_service'
import { loadProviderFacts } from '#services/load_provider_facts'
import { EVENT_GROUPS, eventLabel } from '#transformers/notification_words'
import { numberFields } from '#transformers/rule_row'
import type { Translate } from '#transformers/translate'

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
  { chosen, ofOrganization, t }: { chosen: string[]; ofOrganization: boolean; t: Translate }
) {
  const more = chosen.filter((id) => !providers.some((one) => one.id === id))
  const groups = EVENT_GROUPS.map(({ key, events }) => ({
    key,
    events: events
      .filter((name) => ofOrganization || name !== 'connection.refreshed')
      .map((name) => ({ name, label: eventLabel(name, t) })),
  }))
  const personal = PERSONAL_CHANNELS.map((value) => {
    return { value, label: t(`alerts.personal.${value}`), hint: null }
  })
  const shared = channels.map(({ id, name, kind, target }) => {
    return { value: id, label: name, hint: [t(`alerts.kind.${kind}`), target].join(t('alerts.between')) }
  })
  return {
    groups,
    numbers: numberFields(t),
    providers: [...providers, ...more.map((id) => ({ id, name: named.provider(id) }))],
    channels: ofOrganization ? shared : personal,
  }
}
