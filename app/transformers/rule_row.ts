import type { StoredRule } from '#notifications/rules'
import { DEFAULT_RULES } from '#notifications/rule_match'
import { PERSONAL_CHANNELS } from '#notifications/types'
import { NO_NUMBERS, NUMBER_FIELDS, type NumberField } from '#notifications/rule_numbers'
import type { RuleInput } from '#notifications/rule_problems'
import { eventLabel } from '#transformers/notification_words'
import type { Translate } from '#transformers/translate'
import type { RuleFormValues } from '#validators/rule_form'

interface Named {
  /** What people call a provider. */
  provider(id: string): string
  /** What people call a channel of the organization; null for one that is gone. */
  channel(id: string): string | null
  organization: string
}

interface Shown {
  t: Translate
  isDefault?: boolean
}

/** A rule in words, as the list of rules shows it. Limits that it does not have are left out. */
export function ruleRow(rule: StoredRule, named: Named, { t, isDefault = false }: Shown) {
  const events = rule.events.map((event) => eventLabel(event, t)).join(' · ')
  const fact = (label: string, text: string) => ({ label: t(label), text })
  const limit = (label: string, words: readonly string[]) =>
    words.length > 0 ? [fact(label, words.join(t('alerts.between')))] : []
  const facts = [
    fact('alerts.rule.events', events || t('alerts.rule.all_but')),
    ...(rule.severity === 'normal'
      ? []
      : [fact('alerts.rule.severity', t(`alerts.severity.${rule.severity}`))]),
    ...numberFacts(rule, t),
    ...limit('alerts.rule.providers', rule.providers.map(named.provider)),
    ...limit('alerts.rule.tags', rule.tags),
    ...(rule.userId === null ? [] : [fact('alerts.events.accounts', scopeOf(rule, named, t))]),
    fact('alerts.rule.goes_to', receiversOf(rule, named, t)),
    ...(rule.digest === 'none' ? [] : [fact('alerts.rule.how_often', t(`alerts.digest.${rule.digest}`))]),
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
    numbers: written((field) => rule.numbers[field]),
    scope: rule.scope,
    channels: [...rule.channels],
    digest: rule.digest,
    isActive: rule.isActive,
  }
}

const NUMBER_WORDS: Readonly<Record<NumberField, string>> = {
  grantDays: 'grant_days',
  retryAttempts: 'retry_attempts',
  failedPercent: 'failed_percent',
  leastAccounts: 'failed_accounts',
}

/** The numbers that the rule names, each in words. */
function numberFacts({ numbers }: Pick<StoredRule, 'numbers'>, t: Translate) {
  return NUMBER_FIELDS.flatMap((field) => {
    const [number, words] = [numbers[field], `alerts.numbers.${NUMBER_WORDS[field]}`]
    return number === null ? [] : [{ label: t(`${words}.label`), text: t(`${words}.fact`, { number }) }]
  })
}

/** The fields of the form that take numbers. */
export function numberFields(t: Translate) {
  return NUMBER_FIELDS.map((name) => {
    const words = `alerts.numbers.${NUMBER_WORDS[name]}`
    return { name, id: `rule-${name}`, label: t(`${words}.label`), hint: t(`${words}.hint`) }
  })
}

/** Numbers as the form shows them. */
function written(numberOf: (field: NumberField) => number | null): RuleFormValues['numbers'] {
  return Object.fromEntries(
    NUMBER_FIELDS.map((field) => [field, numberOf(field)?.toString() ?? ''])
  ) as RuleFormValues['numbers']
}

function scopeOf({ scope }: StoredRule, { organization }: Named, t: Translate): string {
  return scope === 'organization' ? t('alerts.rule.everything', { organization }) : t('alerts.rule.concerned')
}

function receiversOf({ userId, channels }: StoredRule, { channel }: Named, t: Translate): string {
  const personal = (id: string) =>
    PERSONAL_CHANNELS.some((one) => one === id) ? t(`alerts.personal.${id}`) : null
  const names = channels.map((id) => (userId === null ? channel(id) : personal(id)))
  return names.filter((name) => name !== null).join(t('alerts.between')) || t('alerts.rule.nowhere')
}

/** What holds for a person without rules, as rules that could be their own. */
export function defaultRules(t: Translate): RuleInput[] {
  return DEFAULT_RULES.map(({ events, severity, channels, digest }) => ({
    name: t(severity === 'normal' ? 'alerts.rule.default_all' : 'alerts.rule.default_important'),
    ...{ events, severity, channels, digest },
    ...{ providers: [], tags: [], numbers: NO_NUMBERS, scope: 'concerned', isActive: true },
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
    numbers: written(() => null),
    scope: 'concerned',
    digest: 'none',
    isActive: true,
  }
}
