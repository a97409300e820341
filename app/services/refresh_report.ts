import { createHmac } from 'node:crypto'
import type { TransitionNotice } from '#events/connection_transitioned'
import type { Settlement } from '#token_refresh/settlement'
import type { Claim, RefreshOutcome, Transition } from '#token_refresh/types'

/** The part of a logger that the refresh path uses. */
export interface RefreshLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * Tells what an attempt came to: one log line each, and a notice on a transition only. The owner appears as eight hex
 * digits of an HMAC, a token never.
 */
export class RefreshReport {
  constructor(
    private readonly logger: RefreshLogger,
    private readonly ownerKey: string,
    private readonly notify: (notice: TransitionNotice) => void
  ) {}

  attempt(claim: Claim, { ending, kind, durationMs }: Settlement, outcome: RefreshOutcome): void {
    const fields = {
      connection: claim.connectionId,
      attempt: claim.attemptId,
      kind,
      reason: outcome.reason,
      code: outcome.errorCode ?? undefined,
      strike: outcome.strike || undefined,
      duration: Math.round(durationMs),
    }
    const line = `[${claim.provider}][${this.#ownerTag(claim.owner)}] ${sentence(outcome, claim)}`
    if (outcome.status === 'failed') this.logger.warn(fields, line)
    else this.logger.info(fields, line)
    const transition = outcome.reason === 'superseded' ? null : transitionOf(ending)
    if (!transition) return
    const { connectionId, organizationId, provider, attemptId } = claim
    this.notify({ transition, connectionId, organizationId, provider, attemptId })
  }

  /** Trouble with the store itself: what finished is kept in memory and tried again. */
  storeTrouble(error: unknown): void {
    this.logger.error(
      { err: error },
      'The database refused a turn; finished refreshes are kept and saved again'
    )
  }

  #ownerTag(owner: string): string {
    return createHmac('sha256', this.ownerKey).update(owner).digest('hex').slice(0, 8)
  }
}

function transitionOf(ending: Settlement['ending']): Transition | null {
  if (ending.type === 'tokens') return ending.tokens.transition
  return ending.type === 'failure' ? ending.decision.transition : null
}

function sentence(outcome: RefreshOutcome, claim: Claim): string {
  const seconds = (until: number | null) =>
    until === null ? 'unknown' : `${Math.max(0, Math.round((until - claim.claimedAt) / 1000))} s`
  if (outcome.status === 'refreshed') return `refreshed (expires in ${seconds(outcome.newExpiresAt)})`
  if (outcome.status === 'skipped') return `answer not used (${outcome.reason})`
  if (outcome.strike === 2) return `must re-authenticate (${outcome.reason})`
  if (outcome.reason === 'rate_limited') return `rate limited (next try in ${seconds(outcome.retryAt)})`
  if (outcome.retryAt === null) return `failed (${outcome.reason})`
  return `temporary error: ${outcome.reason} (next try in ${seconds(outcome.retryAt)})`
}
