import type { StoredRule } from '#notifications/rules'
import { DEFAULT_RULES } from '#notifications/rule_match'
import type { RuleInput } from '#notifications/rule_problems'
import { DIGEST_WORDS, eventLabel, PERSONAL_WORDS, SEVERITY_WORDS } from '#transformers/notification_words'
import type { RuleFormValues } from '#validators/rule_form'

interface Named {
  /** What people call a provider. */
  provider(id: string): string
  /** What people call a channel of the organization; null for one that is gone. */
  channel(id: string): string | null
  organization: string
}

/** A rule in words, as the list of rules shows it. Limits that it does not have are left out. */
export function ruleRow(rule: StoredRule, named: Named, isDefault = false) {
  const events = rule.events.map(eventLabel).join(' · ')
  const facts = [
    { label: 'Events', text: events || 'All, but not each connect and refresh' },
    ...(rule.severity === 'normal'
      ? []
      : [{ label: 'Severity', text: SEVERITY_WORDS[rule.severity].atLeast }]),
    ...limit('Providers', rule.providers.map(named.provider)),
    ...limit('Tags', rule.tags),
    ...(rule.userId === null ? [] : [{ label: 'Accounts', text: scopeOf(rule, named) }]),
    { label: 'Goes to', text: receiversOf(rule, named) },
    ...(rule.digest === 'none' ? [] : [{ label: 'How often', text: DIGEST_WORDS[rule.digest] }]),
  ]
  return { id: rule.id, name: rule.name, active: rule.isActive, isDefault, facts }
}

/** What the form begins with. */
export function ruleValues(rule: StoredRule): RuleFormValues {
  return {
    name: rule.name,
    which: rule.events.length > 0 ? 'chosen' : 'all',
    events: [...rule.events],
    providers: [...rule.providers],
    tags: rule.tags.join(', '),
    severity: rule.severity,
    scope: rule.scope,
    channels: [...rule.channels],
    digest: rule.digest,
    isActive: rule.isActive,
  }
}

function limit(label: string, words: readonly string[]) {
  return words.length > 0 ? [{ label, text: words.join(', ') }] : []
}

function scopeOf({ scope }: StoredRule, { organization }: Named): string {
  return scope === 'organization' ? `Everything in ${organization}` : 'What concerns me'
}

function receiversOf({ userId, channels }: StoredRule, { channel }: Named): string {
  const names = channels.map((id) => {
    return userId === null ? channel(id) : (PERSONAL_WORDS[id as keyof typeof PERSONAL_WORDS] ?? null)
  })
  return names.filter((name) => name !== null).join(', ') || 'Nowhere'
}

/** What holds for a person without rules, as rules that could be their own. */
export function defaultRules(): RuleInput[] {
  return DEFAULT_RULES.map(({ events, severity, channels, digest }) => ({
    name: severity === 'normal' ? 'All that concerns me' : 'What is important',
    ...{ events, severity, channels, digest },
    ...{ providers: [], tags: [], scope: 'concerned', isActive: true },
  }))
}

/** What the form of a new rule begins with. */
export function emptyRule(channels: string[]): RuleFormValues {
  const lists = { events: [], providers: [], tags: '', channels }
  return {
    name: '',
    which: 'all',
    ...lists,
    severity: 'normal',
    scope: 'concerned',
    digest: 'none',
    isActive: true,
  }
}
