import type { Failure, Provider, Random } from '#oauth/types'
import type { Finding } from '#services/verification/finding'
import type { Subject } from '#services/verification/subject'
import type { Verification } from '#services/verification/verification'
import type { Value } from '#store/driver'
import type { RefreshTiming, Transition } from '#token_refresh/types'

/** What is written into the connection. Names ending in `_at` hold instants in milliseconds. */
export interface Change {
  columns: Readonly<Record<string, Value>>
  /** Whether the connection's condition changes, which then must be the one that was judged. */
  condition: boolean
}

export interface Judgement {
  verdict: Pick<Verification, 'state' | 'reason' | 'errorCode' | 'instruction' | 'retryAt'>
  /** Null: nothing is written. */
  change: Change | null
  transition: Transition | null
}

export interface JudgeInput {
  subject: Subject
  provider: Provider
  finding: Finding
  /** Now, on the database's clock. */
  now: number
  timing: RefreshTiming
  random: Random
}

/** A verdict without instruction or a time to come back. */
export function verdict(
  state: Verification['state'],
  reason: string,
  failure: Failure | null = null
): Judgement['verdict'] {
  return { state, reason, errorCode: failure?.code ?? null, instruction: null, retryAt: null }
}

/** The provider has spoken about the token. */
export function validated(now: number): Record<string, Value> {
  return { last_validated_at: now }
}
