import { all, run, runAll, type Change, type StoreDriver, type Value, type Work } from '#store/driver'
import type { Ending, SealedTokens, Settled, Settlement } from '#token_refresh/settlement'
import { detailsColumn, scopeChange } from '#token_refresh/attempt_details'
import { CHILDREN_OWED, CHILDREN_PATIENCE } from '#token_refresh/children_sql'
import { tell } from '#token_refresh/outbox'
import {
  failedAgain,
  settledTransition,
  settlementEvents,
  type SettledAs,
} from '#token_refresh/settlement_events'
import * as sql from '#token_refresh/store_sql'
import type { Claim, RecordFailure } from '#token_refresh/types'
import { NO_WISHES, type Wishes } from '#token_refresh/wishes'

interface Context {
  dialect: StoreDriver['dialect']
  workerId: string
  now: number
  /** Who wants to hear of each success and of many retries; null: nobody. */
  wishes: Pick<Wishes, 'read'> | null
}

/**
 * Settles attempts inside the turn's transaction, behind the fences of DESIGN §3: tokens are stored if the row still
 * holds what was presented; a successor that lost is kept as the spare; a failure counts only while the claim still
 * stands. Writes the row of each attempt in the refresh log, and tells what became of each.
 */
export function* settleAll(context: Context, settlements: readonly Settlement[]): Work<Settled[]> {
  const counts = yield* runAll(settlements.map((settlement) => fenced(context, settlement)))
  const settled: Settled[] = []
  const after: Change[] = []
  for (const [index, settlement] of settlements.entries()) {
    const revived = counts[index] === 0 && (yield* revive(context, settlement))
    const held = counts[index] > 0 || revived
    settled.push(held || settlement.ending.type === 'release' ? KEPT[settlement.ending.type] : 'superseded')
    const isLogged = held || (yield* letGo(context, settlement))
    if (!isLogged || settled[index] === 'released') continue
    const as = { settled: settled[index], revived }
    after.push(logEntry(context, settlement, as), ...(yield* told(context, settlement, as)))
    if (as.settled === 'stored' && settlement.hasChildren) after.push(childrenOwed(context, settlement))
  }
  yield* runAll(after)
  return settled
}

/** What people hear of it, in the transaction that it is settled in. */
function* told({ now, wishes }: Context, settlement: Settlement, as: SettledAs): Work<Change[]> {
  const mayBeWished = as.settled === 'stored' || failedAgain(settlement, as)
  const wished = mayBeWished && wishes ? yield* wishes.read(now) : NO_WISHES
  return settlementEvents(settlement, as, wished).map((event) => tell(event, now))
}

/** Tokens for a connection that was given up meanwhile, or that was claimed to be brought back. */
function* revive({ now }: Context, settlement: Settlement): Work<boolean> {
  const { ending } = settlement
  if (ending.type !== 'tokens') return false
  return (yield* run(sql.STORE_AND_REVIVE, tokenValues(settlement, ending.tokens, now))) > 0
}

/** What an ending is called once its statement has passed the fence. */
const KEPT = { tokens: 'stored', failure: 'recorded', spare: 'recorded', release: 'released' } as const

/** The statement that counts only while the row is as it was claimed. */
function fenced({ now }: Context, settlement: Settlement): Change {
  const { claim, ending } = settlement
  const fence = [claim.connectionId, claim.attemptId, claim.tokenVersion, claim.grantGeneration]
  switch (ending.type) {
    case 'release':
      return { sql: sql.RELEASE, values: releaseValues(ending, claim) }
    case 'tokens':
      return { sql: sql.STORE_TOKENS, values: tokenValues(settlement, ending.tokens, now) }
    case 'failure':
      return {
        sql: sql.RECORD_FAILURE,
        values: [...failureValues(settlement, ending.decision, now), ...fence],
      }
    case 'spare':
      return { sql: sql.USE_SPARE, values: [ending.refreshToken, ending.credentialFp, now, now, ...fence] }
  }
}

function childrenOwed({ now }: Context, { claim }: Settlement): Change {
  return { sql: CHILDREN_OWED, values: [now + CHILDREN_PATIENCE, claim.connectionId] }
}

function releaseValues(ending: Extract<Ending, { type: 'release' }>, claim: Claim): Value[] {
  const postponeTo = ending.postponeTo ?? null
  return [ending.unschedule, postponeTo, postponeTo, claim.connectionId, claim.attemptId]
}

/**
 * What is left to do for an attempt that came too late: its successor may be the only live token and is kept, its lease
 * ends. False where the connection is gone, which took its log along; else it is held in place until the log is written.
 */
function* letGo({ dialect }: Context, { claim, ending, presentedFp }: Settlement): Work<boolean> {
  if (ending.type === 'release') return false
  if (ending.type === 'tokens' && ending.tokens.rotated && ending.tokens.refreshToken) {
    const { refreshToken, credentialFp } = ending.tokens
    const { connectionId, grantGeneration } = claim
    yield* run(sql.STORE_SPARE, [refreshToken, connectionId, grantGeneration, presentedFp, credentialFp])
  }
  yield* run(sql.LET_GO, [claim.connectionId, claim.attemptId])
  return (yield* all(sql.lockConnection(dialect), [claim.connectionId])).length > 0
}

function tokenValues(
  { claim, presentedFp, keepAliveAlways }: Settlement,
  tokens: SealedTokens,
  now: number
): Value[] {
  return [
    tokens.accessToken,
    tokens.refreshToken,
    tokens.scopes && JSON.stringify(tokens.scopes),
    tokens.metadata && JSON.stringify(tokens.metadata),
    tokens.tokenExpiresAt,
    tokens.expirySource,
    tokens.grantExpiresAt,
    tokens.credentialFp,
    now,
    keepAliveAlways,
    tokens.nextRefreshAt,
    tokens.nextRefreshAt,
    tokens.statusReason ?? null,
    claim.attemptId,
    claim.attemptId,
    claim.attemptId,
    claim.attemptId,
    now,
    claim.connectionId,
    claim.grantGeneration,
    presentedFp,
    claim.tokenVersion,
    tokens.rotated,
  ]
}

function failureValues({ keepAliveAlways }: Settlement, decision: RecordFailure, now: number): Value[] {
  const { failure, suspended, nextRefreshAt } = decision
  return [
    decision.status,
    decision.statusReason,
    failure.code,
    failure.description,
    decision.isActive,
    decision.tokenRefreshFailedAt,
    decision.retryIsOwed,
    keepAliveAlways,
    nextRefreshAt,
    nextRefreshAt,
    decision.retryCount,
    suspended,
    suspended,
    now,
    suspended,
    failure.description ?? failure.code,
    decision.staysInDoubt,
    now,
  ]
}

function logEntry({ workerId, now }: Context, settlement: Settlement, as: SettledAs): Change {
  const { claim, ending } = settlement
  const { settled } = as
  const failure = ending.type === 'failure' || ending.type === 'spare' ? ending.decision.failure : null
  const decision = ending.type === 'failure' && settled === 'recorded' ? ending.decision : null
  const tokens = ending.type === 'tokens' ? ending.tokens : null
  const scopes = settled === 'stored' && tokens ? scopeChange(claim.scopes, tokens.scopes) : null
  const outcome = settled === 'superseded' ? 'superseded' : tokens ? 'success' : 'failed'
  const values = [
    claim.attemptId,
    claim.organizationId,
    claim.connectionId,
    settlement.runId,
    claim.provider,
    settlement.kind,
    outcome,
    failure?.class ?? null,
    failure?.code ?? (settled === 'stored' ? (tokens?.statusReason ?? null) : null),
    failure?.description ?? null,
    failure?.status ?? null,
    decision?.strike ?? 0,
    settledTransition(settlement, as),
    claim.openAttempts > 0 || decision?.staysInDoubt === true,
    Math.round(settlement.durationMs),
    claim.tokenExpiresAt,
    settled === 'stored' ? (tokens?.tokenExpiresAt ?? null) : null,
    settlement.presentedFp,
    settled === 'stored' ? (tokens?.credentialFp ?? null) : null,
    detailsColumn(settlement, scopes),
    workerId,
    now,
  ]
  return { sql: sql.INSERT_ATTEMPT, values }
}
