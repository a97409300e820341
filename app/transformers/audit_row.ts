import type { AuditEntry } from '#services/audit/audit_log'
import { HAND_OUT } from '#services/audit/actions'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

/** What is said in the reader's language, at a moment. */
interface Speech {
  t: Translate
  words: Pick<TimeWords, 'stamp'>
  now: number
}

/** An action that nothing was heard of for so long was interrupted, in milliseconds. */
const LONGEST = 15 * 60_000

const ACTOR_ICONS = { person: 'user', api_key: 'key', command: 'terminal-2', link: 'link' } as const
const OUTCOMES = {
  done: { icon: 'circle-check', tone: 'good' },
  refused: { icon: 'ban', tone: 'warn' },
  failed: { icon: 'alert-triangle', tone: 'bad' },
  under_way: { icon: 'loader', tone: 'busy' },
  interrupted: { icon: 'plug-x', tone: 'bad' },
} as const

/** Where a thing has a page of its own; `:id` is its id. */
const PAGES: Readonly<Record<string, string>> = {
  ...{ connection: '/accounts/:id', campaign_member: '/accounts/:id', campaign: '/campaigns/:id' },
  ...{ run: '/runs/:id', job: '/schedule', provider: '/providers', channel: '/alerts/channels/:id' },
  ...{ delivery: '/alerts/deliveries/:id', member: '/settings/people' },
}

/** One line of the trail with what opens below it. */
export function auditRow(entry: AuditEntry, speech: Speech) {
  const { t } = speech
  const outcome = outcomeOf(entry, speech.now)
  return {
    ...{ id: entry.id, at: entry.at, action: entry.action },
    actor: {
      name: entry.actor.name,
      kind: t(`audit.actor_kind.${entry.actor.kind}`),
      icon: ACTOR_ICONS[entry.actor.kind],
    },
    sentence: sentenceOf(entry, speech),
    target: targetOf(entry, t),
    outcome: { ...OUTCOMES[outcome], key: outcome, word: t(`audit.outcome.${outcome}`) },
    ip: entry.ip,
    changes: Object.entries(entry.changes).map(([field, [before, after]]) => ({
      ...{ field, before: shown(before), after: shown(after) },
    })),
    facts: factsOf(entry, t),
  }
}

function outcomeOf({ outcome, at }: AuditEntry, now: number): keyof typeof OUTCOMES {
  if (outcome !== 'begun') return outcome
  return now - at < LONGEST ? 'under_way' : 'interrupted'
}

function sentenceOf({ action, count, at, until }: AuditEntry, { t, words }: Speech): string {
  if (action !== HAND_OUT) return t(`audit.action.${action}`)
  const time = (moment: number) => words.stamp(moment).slice(11, 16)
  return t('audit.taken', { count, from: time(at), until: time(until ?? at) })
}

function targetOf({ action, given, target: { kind, id, name } }: AuditEntry, t: Translate) {
  // Whoever is invited is nothing of ours yet but an address.
  const { email } = given
  if (kind === null && typeof email === 'string')
    return { kind: t('audit.target_kind.person'), name: email, href: null }
  if (kind === null) return null
  const isGone = /\.(remove|delete|remove_member)$/.test(action)
  const page = id === null || isGone ? undefined : PAGES[kind]
  return {
    kind: t(`audit.target_kind.${kind}`),
    name: name ?? id,
    href: page?.replace(':id', encodeURIComponent(id ?? '')) ?? null,
  }
}

/** What an operator compares with logs; data, and named as the export names it. */
function factsOf(entry: AuditEntry, t: Translate) {
  const given = Object.entries(entry.given).map(([name, value]) => `${name}: ${shown(value)}`)
  const facts: [string, string | null][] = [
    [t('audit.facts.given'), given.join(', ') || null],
    [t('audit.facts.target_id'), entry.target.id],
    [t('audit.facts.status'), entry.status === null ? null : String(entry.status)],
    [t('audit.facts.user_agent'), entry.userAgent],
    [t('audit.facts.request_id'), entry.requestId],
  ]
  return facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]))
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
