import { NUMBER_FIELDS, toNumbers, type NumberField } from '#notifications/rule_numbers'
import { EVENT_NAMES, SEVERITIES } from '#notifications/types'

type Body = Record<string, unknown>

/** The texts and ticks of the rule form, as it is shown again when it is refused. */
export interface RuleFormValues {
  name: string
  which: 'all' | 'chosen'
  events: string[]
  providers: string[]
  tags: string
  severity: string
  numbers: Record<NumberField, string>
  scope: string
  channels: string[]
  digest: string
  isActive: boolean
}

const LONGEST_LIST = 200

/**
 * Reads the rule form. What a form of ours cannot send is left out; whether the rule can be kept is the rules' to say.
 * "Only these" with nothing ticked would be read as all of them, and is a problem here, therefore.
 */
export function readRuleForm(body: Body) {
  const which = body.which === 'chosen' ? 'chosen' : 'all'
  const values: RuleFormValues = {
    name: text(body.name),
    which,
    events: list(body.events),
    providers: list(body.providers),
    tags: text(body.tags),
    severity: text(body.severity),
    numbers: Object.fromEntries(
      NUMBER_FIELDS.map((field) => [field, text(body[field])])
    ) as RuleFormValues['numbers'],
    scope: text(body.scope) || 'concerned',
    channels: list(body.channels),
    digest: text(body.digest),
    isActive: body.isActive === 'yes',
  }
  const events = which === 'chosen' ? EVENT_NAMES.filter((name) => values.events.includes(name)) : []
  const nothing = which === 'chosen' && events.length === 0
  return {
    values,
    input: {
      name: values.name,
      events,
      providers: values.providers,
      tags: tagsOf(values.tags),
      severity: SEVERITIES.find((one) => one === values.severity) ?? 'normal',
      numbers: toNumbers((field) => numberIn(values.numbers[field])),
      scope: values.scope === 'organization' ? ('organization' as const) : ('concerned' as const),
      channels: values.channels,
      digest: (['none', 'hourly', 'daily'] as const).find((one) => one === values.digest) ?? 'none',
      isActive: values.isActive,
    },
    problems: nothing ? [{ field: 'events', code: 'no_event' }] : [],
  }
}

function tagsOf(written: string): string[] {
  const tags = written
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean)
  return [...new Set(tags)]
}

/** Null where nothing is written, NaN where that is no number. Japanese keyboards write wide digits. */
function numberIn(written: string): number | null {
  const plain = written.normalize('NFKC')
  if (plain === '') return null
  return /^\d{1,9}$/.test(plain) ? Number(plain) : Number.NaN
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, 2000) : ''
}

function list(value: unknown): string[] {
  const items = Array.isArray(value) ? value : [value]
  return items.filter((item): item is string => typeof item === 'string').slice(0, LONGEST_LIST)
}
