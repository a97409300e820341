import type RefreshAttempt from '#models/refresh_attempt'
import type { ScopeChange } from '#oauth/types'
import type { Happening, SentMessage, ToldEvent } from '#services/account_timeline'
import type { AuditEntry } from '#services/audit/audit_log'
import { HAND_OUT } from '#services/audit/actions'
import { activityJson } from '#transformers/activity_detail'
import { attemptRow } from '#transformers/attempt_row'
import { auditRow } from '#transformers/audit_row'
import { eventJson, messageJson, scopesJson } from '#transformers/happening_json'
import { reasonLabel } from '#transformers/run_result_row'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

/** Who reads, and in which language. */
export interface Reader {
  t: Translate
  words: Pick<TimeWords, 'stamp' | 'took'>
  mayAct: boolean
  now: number
  /** What comes of the failure that the account has now; null where nothing is tried again. */
  retry: PlannedRetry | null
  /** So many strikes its provider has; null where nobody knows it any more. */
  strikes: number | null
}

/** The next try after a failed attempt: the how manieth in a row, 0 where it does not count. */
export interface PlannedRetry {
  attemptId: string
  count: number
  at: number
}

/** A line of an account's timeline: what happened, what is to be known of it, and all of it as JSON. */
export interface HappeningRow {
  id: string
  at: number
  icon: string
  tone: 'good' | 'warn' | 'bad' | 'plain'
  title: string
  /** Who did it; data. */
  who: string | null
  detail: string[]
  json: string
}

/**
 * Says what happened, newest first: a refresh that changed the granted scopes says that in a line of its own. No token
 * and no part of one is in it; fingerprints are digests.
 */
export function happeningRows(one: Happening, reader: Reader): HappeningRow[] {
  const row = happeningRow(one, reader)
  const change = one.type === 'attempt' ? one.attempt.details?.scopes : undefined
  return change ? [scopesRow(one, change, reader.t), row] : [row]
}

function scopesRow({ id, at }: Happening, change: ScopeChange, t: Translate): HappeningRow {
  const { added, removed } = change
  const changes = [...added.map((scope) => `+ ${scope}`), ...removed.map((scope) => `− ${scope}`)].join(' ')
  const tone = removed.length > 0 ? 'warn' : 'plain'
  const title = t('account.timeline.scopes', { changes })
  const json = scopesJson({ id, at }, change)
  return { id: `${id}-scopes`, at, icon: 'shield-half', tone, title, who: null, detail: [], json }
}

function happeningRow(one: Happening, reader: Reader): HappeningRow {
  const { id, at } = one
  const base = { id, at, who: null, detail: [] }
  switch (one.type) {
    case 'attempt':
      return { ...base, ...attempted(one.attempt, reader) }
    case 'audit':
      return { ...base, ...acted(one.entry, reader) }
    case 'event':
      return { ...base, ...told(one.event, reader.t), json: eventJson(one, one.event) }
    case 'message':
      return { ...base, ...sent(one.message, reader.t), json: messageJson(one, one.message, reader.mayAct) }
  }
}

/** Who brought an account, and by what. */
export function arrivalRow({ action, actor }: AuditEntry, t: Translate): { name: string; means: string } {
  const kind = t(`audit.actor_kind.${actor.kind}`)
  const means = action === 'connection.import' ? `${kind} · ${t('account.grant.imported')}` : kind
  return { name: actor.name, means }
}

/** Lines by the day (UTC) on which they happened, as they come. */
export function byDay(rows: readonly HappeningRow[]): { day: number; rows: HappeningRow[] }[] {
  const DAY = 24 * 60 * 60_000
  const days = new Map<number, HappeningRow[]>()
  for (const row of rows) {
    const day = row.at - (row.at % DAY)
    days.set(day, [...(days.get(day) ?? []), row])
  }
  return [...days].map(([day, ofDay]) => ({ day, rows: ofDay }))
}

const TONES = { success: 'good', stored: 'warn', failed: 'bad', superseded: 'plain' } as const

function attempted(attempt: RefreshAttempt, reader: Reader) {
  const { t, words, mayAct } = reader
  const row = attemptRow(attempt)
  const { failure, strike, oldFp, newFp, inDoubt } = row
  const label = failure === null ? null : reasonLabel(failure)
  const prints = oldFp && newFp && oldFp !== newFp
  const detail = [
    t(`activity.kinds.${row.kind}`),
    words.took(row.durationMs),
    failure && (label ? t(label) : failure),
    inDoubt ? t('activity.in_doubt') : null,
    strike > 0 ? strikeWords(strike, reader) : null,
    retryWords(attempt, reader),
    mayAct && failure ? row.answer : null,
    prints ? t('account.timeline.fingerprints', { before: oldFp, after: newFp }) : null,
  ]
  return {
    ...{ icon: row.icon, tone: TONES[row.event], title: t(`activity.events.${row.event}`) },
    detail: detail.filter((text) => text !== null),
    json: activityJson(attempt, mayAct),
  }
}

function strikeWords(strike: number, { t, strikes }: Reader): string {
  if (strikes === null) return t('account.timeline.strike', { strike })
  return t('account.timeline.strike_of', { strike, most: Math.max(strike, strikes) })
}

function retryWords({ id }: RefreshAttempt, { t, words, retry }: Reader): string | null {
  if (retry?.attemptId !== id) return null
  return t('account.timeline.retry', { count: retry.count, when: words.stamp(retry.at) })
}

const AUDIT_TONES = { good: 'plain', busy: 'plain', warn: 'warn', bad: 'bad' } as const

function acted(entry: AuditEntry, { t, words, now }: Reader) {
  const { sentence, actor, outcome } = auditRow(entry, { t, words, now })
  const { action, target, given, changes, count, ip } = entry
  const shown = {
    ...{ id: entry.id, at: new Date(entry.at).toISOString(), action, outcome: entry.outcome },
    actor: { kind: entry.actor.kind, name: entry.actor.name },
    ...{ ip, request_id: entry.requestId, target: target.name, changes, given, count },
  }
  return {
    icon: action === HAND_OUT ? 'key' : actor.icon,
    tone: AUDIT_TONES[outcome.tone],
    title: sentence,
    who: actor.name,
    detail: outcome.key === 'done' ? [] : [outcome.word],
    json: JSON.stringify(shown, null, 2),
  }
}

function told({ name }: ToldEvent, t: Translate) {
  const isConnected = name === 'connection.connected'
  return {
    icon: isConnected ? 'plug' : 'calendar-due',
    tone: isConnected ? ('good' as const) : ('warn' as const),
    title: t(isConnected ? 'account.timeline.connected' : 'account.timeline.expiring'),
  }
}

function sent({ channel, state }: SentMessage, t: Translate) {
  return {
    icon: channel === 'email' ? 'mail' : channel === 'push' ? 'bell' : 'webhook',
    tone: state === 'dead' ? ('bad' as const) : ('plain' as const),
    title: t(`account.timeline.message.${channel}`),
    detail: [t(`account.timeline.message_state.${state}`)],
  }
}
