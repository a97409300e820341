import type { ScopeChange } from '#oauth/types'
import type { SentMessage, ToldEvent } from '#services/account_timeline'

/** Entries of a timeline as JSON, field by field, so that nothing gets in unseen. None of them holds a token. */

interface Place {
  id: string
  at: number
}

/** What was told of the account; the words of the outbox are ours. */
export function eventJson(place: Place, { name, severity, data }: ToldEvent): string {
  return written(place, { event: name, severity, data })
}

/** A message about it. What a receiver answered is for people who may act. */
export function messageJson(place: Place, message: SentMessage, mayAct: boolean): string {
  const { channel, state, attempts, lastStatus, lastCode } = message
  const answer = mayAct ? { last_status: lastStatus, last_code: lastCode } : {}
  return written(place, { channel, state, attempts, ...answer })
}

/** Which granted scopes a refresh changed. */
export function scopesJson(place: Place, { added, removed }: ScopeChange): string {
  return written(place, { scopes: { added, removed } })
}

function written({ id, at }: Place, shown: object): string {
  return JSON.stringify({ id, at: new Date(at).toISOString(), ...shown }, null, 2)
}
