import type { GateMembers } from '#token_refresh/gate_keeper'
import type { Settled, Settlement } from '#token_refresh/settlement'
import type { Claim } from '#token_refresh/types'

/** What goes into one turn of the store and what comes out of it. */

export interface ClaimRequest {
  connectionId: string
  gate: GateMembers
  /** Claims an inactive connection too. */
  force: boolean
  /** The version that the caller saw. Where it has moved on, somebody else's refresh has served this caller already. */
  tokenVersion?: number
}

export type ClaimAnswer =
  | { type: 'claimed'; claim: Claim }
  /** Somebody holds it (then `attemptId` names their attempt), or it is paused, inactive or gone. */
  | { type: 'refused'; attemptId: string | null }
  | { type: 'gate_closed'; retryAt: number; reason: string }

export interface DueRequest {
  /** In the order in which they are served. */
  gates: readonly GateMembers[]
  limit: number
}

export interface TurnWork {
  settlements: readonly Settlement[]
  claims: readonly ClaimRequest[]
  due: DueRequest | null
}

export interface DueClaims {
  claims: Claim[]
  /** Where a limit held back what may still be due: milliseconds until it is worth asking again. */
  askAgainIn: number | null
}

export interface TurnResult {
  now: number
  settled: Settled[]
  claims: ClaimAnswer[]
  due: DueClaims
  /** The gates that this turn read, and those of them that are paused. */
  gates: readonly string[]
  paused: readonly string[]
}
