import { all, run, type Row, type StoreDriver, type Value, type Work } from '#token_refresh/store_driver'
import type { SealedTokens, Settled, Settlement } from '#token_refresh/settlement'
import * as sql from '#token_refresh/store_sql'
import type { RecordFailure } from '#token_refresh/types'

interface Context {
  dialect: StoreDriver['dialect']
  workerId: string
  now: number
}

/**
 * Settles one attempt inside the turn's transaction, behind the fences of DESIGN §3: tokens are stored if the row still
 * holds what was presented; a successor that lost is kept as the spare; a failure counts only while the claim still
 * stands. Writes the attempt's row in the refresh log, and tells what became of it.
 */
export function* settle(context: Context, settlement: Settlement): Work<Settled> {
  const settled = yield* apply(context, settlement)
  if (settled !== 'released') yield* logAttempt(context, settlement, settled)
  return settled
}

function* apply(context: Context, settlement: Settlement): Work<Settled> {
  const { claim, ending } = settlement
  const { now } = context
  switch (ending.type) {
    case 'release':
      yield* run(sql.RELEASE, [ending.unschedule, claim.connectionId, claim.attemptId])
      return 'released'
    case 'tokens':
      return yield* storeTokens(context, settlement, ending.tokens)
    case 'failure':
      return yield* fenced(settlement, sql.RECORD_FAILURE, failureValues(settlement, ending.decision, now))
    case 'spare':
      return yield* fenced(settlement, sql.USE_SPARE, [ending.refreshToken, ending.credentialFp, now, now])
  }
}

/** Runs a statement that counts only while attempt, version and generation are the claimed ones. */
function* fenced({ claim }: Settlement, statement: string, values: Value[]): Work<Settled> {
  const fence = [claim.connectionId, claim.attemptId, claim.tokenVersion, claim.grantGeneration]
  if ((yield* run(statement, [...values, ...fence])) > 0) return 'recorded'
  yield* run(sql.LET_GO, [claim.connectionId, claim.attemptId])
  return 'superseded'
}

function* storeTokens({ now }: Context, settlement: Settlement, tokens: SealedTokens): Work<Settled> {
  const { claim, presentedFp } = settlement
  const stored = yield* run(sql.STORE_TOKENS, tokenValues(settlement, tokens, now))
  if (stored > 0) return 'stored'
  if (tokens.rotated && tokens.refreshToken) {
    yield* run(sql.STORE_SPARE, [tokens.refreshToken, claim.connectionId, claim.grantGeneration, presentedFp])
  }
  yield* run(sql.LET_GO, [claim.connectionId, claim.attemptId])
  return 'superseded'
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
    true,
    false,
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
    keepAliveAlways || decision.retryIsOwed,
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

function* logAttempt({ dialect, workerId, now }: Context, settlement: Settlement, settled: Settled) {
  const { claim, ending } = settlement
  const [connection]: Row[] = yield* all(sql.lockConnection(dialect), [claim.connectionId])
  if (!connection) return
  const failure = ending.type === 'failure' || ending.type === 'spare' ? ending.decision.failure : null
  const decision = ending.type === 'failure' && settled === 'recorded' ? ending.decision : null
  const tokens = ending.type === 'tokens' ? ending.tokens : null
  const outcome = settled === 'superseded' ? 'superseded' : tokens ? 'success' : 'failed'
  yield* run(sql.INSERT_ATTEMPT, [
    claim.attemptId,
    claim.organizationId,
    claim.connectionId,
    settlement.runId,
    claim.provider,
    settlement.kind,
    outcome,
    failure?.class ?? null,
    failure?.code ?? null,
    failure?.description ?? null,
    failure?.status ?? null,
    decision?.strike ?? 0,
    decision?.transition ?? (settled === 'stored' ? (tokens?.transition ?? null) : null),
    claim.openAttempts > 0 || decision?.staysInDoubt === true,
    Math.round(settlement.durationMs),
    claim.tokenExpiresAt,
    settled === 'stored' ? (tokens?.tokenExpiresAt ?? null) : null,
    settlement.presentedFp,
    settled === 'stored' ? (tokens?.credentialFp ?? null) : null,
    workerId,
    now,
  ])
}
