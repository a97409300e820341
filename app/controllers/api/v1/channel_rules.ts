import type { Notifications } from '#notifications/build_notifications'
import { NO_NUMBERS, numbersAbout } from '#notifications/rule_numbers'
import type { RuleInput } from '#notifications/rule_problems'
import type { RuleActor, StoredRule } from '#notifications/rules'
import type { EventName } from '#notifications/types'

type Rules = Notifications['rules']

/** Keys may act on the rules of their organization as operators may; they have none of their own. */
const actorFor = (organizationId: string): RuleActor => ({ organizationId, userId: '', role: 'operator' })

/** A rule that feeds this channel alone and leaves nothing out but events: what the API calls the channel's `events`. */
function isOwn({ channels, providers, tags, severity, digest, isActive }: StoredRule, id: string): boolean {
  const isOnly = channels.length === 1 && channels[0] === id
  const isWhole = providers.length === 0 && tags.length === 0 && severity === 'normal'
  return isOnly && isWhole && digest === 'none' && isActive
}

/** What the own rules of channels send them, by channel. Rules that people wrote more narrowly are left out. */
export async function eventsOfChannels(rules: Rules, organizationId: string, ids: readonly string[]) {
  const stored = await rules.ofOrganization(organizationId)
  const own = (id: string) => stored.find((rule) => isOwn(rule, id))
  return new Map<string, readonly EventName[] | null>(ids.map((id) => [id, own(id)?.events ?? null]))
}

/**
 * Makes these the events that a channel hears of by its own rule; null removes that rule. Returns what is wrong with them
 * in sentences, having changed nothing.
 */
export async function setEvents(
  rules: Rules,
  organizationId: string,
  channel: { id: string; name: string },
  events: readonly EventName[] | null
): Promise<string[]> {
  const actor = actorFor(organizationId)
  const known = (await rules.ofOrganization(organizationId)).find((rule) => isOwn(rule, channel.id))
  if (events === null) {
    if (known) await rules.remove(actor, known.id)
    return []
  }
  const input: RuleInput = {
    ...{ name: channel.name, events, channels: [channel.id], providers: [], tags: [] },
    severity: 'normal',
    numbers: numbersAbout(events, known?.numbers ?? NO_NUMBERS),
    scope: 'organization',
    digest: 'none',
    isActive: true,
  }
  const saved = known
    ? await rules.update(actor, known.id, { ...input, name: known.name })
    : await rules.create(actor, input, { ofOrganization: true })
  return saved.ok ? [] : saved.problems.map(({ message }) => message)
}
