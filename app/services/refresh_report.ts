import { createHmac } from 'node:crypto'
import type { TransitionNotice } from '#events/connection_transitioned'
import type { Failure } from '#oauth/types'
import type { ChildChange } from '#token_refresh/children_log'
import type { Parent } from '#token_refresh/children_store'
import { refreshChannel } from '#services/observability/refresh_channel'
import type { RefreshStep } from '#services/verification/verification'
import type { Settlement } from '#token_refresh/settlement'
import type { Claim, RefreshOutcome, Transition } from '#token_refresh/types'

/** The part of a logger that the refresh path uses. */
export interface RefreshLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The connection that a verification was about. */
export interface VerdictSubject {
  connectionId: string
  organizationId: string
  provider: string
  owner: string
}

/** What a verification found. */
export interface VerdictWords {
  state: string
  reason: string
  errorCode: string | null
}

/**
 * Tells what an attempt came to: one log line each, and a notice on a transition only. The owner appears as eight hex
 * digits of an HMAC, a token never.
 */
export class RefreshReport {
  readonly #followers: ((notice: TransitionNotice) => void)[]

  constructor(
    private readonly logger: RefreshLogger,
    private readonly ownerKey: string,
    notify: (notice: TransitionNotice) => void
  ) {
    this.#followers = [notify]
  }

  /** From now on `listener` hears of every transition, too. It must neither throw nor take long. */
  follow(listener: (notice: TransitionNotice) => void): void {
    this.#followers.push(listener)
  }

  attempt(claim: Claim, settlement: Settlement, outcome: RefreshOutcome): void {
    const { ending, kind, runId, durationMs, traceId } = settlement
    const fields = {
      connection: claim.connectionId,
      attempt: claim.attemptId,
      run: runId ?? undefined,
      trace_id: traceId,
      kind,
      reason: outcome.reason,
      code: outcome.errorCode ?? undefined,
      strike: outcome.strike || undefined,
      duration: Math.round(durationMs),
    }
    const { status, reason } = outcome
    refreshChannel.publish({ provider: claim.provider, kind, status, reason, took: durationMs, traceId })
    const line = `${this.label(claim)} ${sentence(outcome, claim)}`
    if (outcome.status === 'failed') this.logger.warn(fields, line)
    else this.logger.info(fields, line)
    const transition = outcome.reason === 'superseded' ? null : transitionOf(ending)
    if (!transition) return
    const { connectionId, organizationId, provider, attemptId } = claim
    this.#notify({ transition, connectionId, organizationId, provider, attemptId })
  }

  /** What a derivation stored: one line for all children, and a notice for each whose condition changed. */
  derived(parent: Parent, provider: string, changes: readonly ChildChange[]): void {
    const count = (...types: ChildChange['type'][]) =>
      changes.filter(({ type }) => types.includes(type)).length
    const kept = count('insert', 'replace', 'confirm')
    const [gone, tokenless] = [count('gone'), count('tokenless')]
    const line = `${this.label(parent)} ${kept} accounts derived, ${gone} gone, ${tokenless} without a token`
    const fields = { connection: parent.id, added: count('insert'), kept, gone, tokenless }
    if (gone + tokenless > 0) this.logger.warn(fields, line)
    else this.logger.info(fields, line)
    for (const { transition, connectionId, attemptId } of changes) {
      const { organizationId } = parent
      if (transition) this.#notify({ transition, connectionId, organizationId, provider, attemptId })
    }
  }

  /** The children of a connection could not be derived; they stay owed. */
  notDerived(parent: Parent, { class: reason, code }: Failure): void {
    const fields = { connection: parent.id, reason, code }
    this.logger.warn(fields, `${this.label(parent)} its accounts could not be derived (${reason})`)
  }

  /** Trouble on our side while children were derived; they stay owed. */
  childrenTrouble(parentId: string, error: unknown): void {
    this.logger.error({ err: error, connection: parentId }, 'Deriving accounts broke off; it is tried again')
  }

  /** Tells of a verification that found something; that all is well is said by the run's figures. */
  verdict(subject: VerdictSubject, verdict: VerdictWords, transition: Transition | null): void {
    const { connectionId, organizationId, provider } = subject
    if (verdict.state !== 'valid' || transition) {
      const fields = {
        connection: connectionId,
        reason: verdict.reason,
        code: verdict.errorCode ?? undefined,
      }
      const line = `${this.label(subject)} verified: ${transition ?? verdict.state} (${verdict.reason})`
      if (verdict.state === 'valid') this.logger.info(fields, line)
      else this.logger.warn(fields, line)
    }
    if (transition) this.#notify({ transition, connectionId, organizationId, provider, attemptId: null })
  }

  /** What came of registering our client anew at a provider that no longer knew it. */
  clientRenewal(provider: string, outcome: string): void {
    const line = `[${provider}] our client was refused, registering anew: ${outcome}`
    if (outcome === 'renewed' || outcome === 'elsewhere') this.logger.info({ outcome }, line)
    else this.logger.warn({ outcome }, line)
  }

  /** What became of a token that its provider was asked to end. */
  revocation(
    { connectionId, provider, attempts }: { connectionId: string; provider: string; attempts: number },
    outcome: string,
    reason: string
  ): void {
    const fields = { connection: connectionId, outcome, reason, attempts }
    const line = `[${provider}] revocation of a disconnected account's token: ${outcome} (${reason})`
    if (outcome === 'later' || outcome === 'given_up') this.logger.warn(fields, line)
    else this.logger.info(fields, line)
  }

  /** What a run of a job came to; `found` is null where it ended without a result. */
  jobEnded(job: string, trigger: string, found: string | null, run: string): void {
    const who = trigger === 'schedule' ? '[Scheduled]' : '[Run]'
    this.logger.info({ job, trigger, run }, `${who} ${job}: ${found ?? 'ended without a result'}`)
  }

  /** A bug in work that runs beside the refreshes. */
  trouble(error: unknown): void {
    this.logger.error({ err: error }, 'Work beside the refreshes broke off')
  }

  /** Tells of a refresh that a health check tries, and how it ended (T8). */
  healthCheck({ provider, owner, ...step }: RefreshStep): void {
    const label = `[HealthCheck] ${this.label({ provider: provider.id, owner })}`
    if (step.type === 'trying')
      return this.logger.info({ why: step.why }, `${label} refreshing: token ${step.why}`)
    const { status, reason, errorCode, connectionId } = step.outcome
    const fields = { connection: connectionId, reason, code: errorCode ?? undefined }
    if (status === 'refreshed') this.logger.info(fields, `${label} refreshed`)
    else this.logger.warn(fields, `${label} not refreshed (${reason})`)
  }

  /** How log lines name a connection: its provider, and its owner as eight hex digits of an HMAC. */
  label({ provider, owner }: { provider: string; owner: string }): string {
    return `[${provider}][${this.#ownerTag(owner)}]`
  }

  /** Trouble with the store itself: what finished is kept in memory and tried again. */
  storeTrouble(error: unknown): void {
    this.logger.error(
      { err: error },
      'The database refused a turn; finished refreshes are kept and saved again'
    )
  }

  #notify(notice: TransitionNotice): void {
    for (const tell of this.#followers) tell(notice)
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
  if (outcome.reason === 'not_extended') {
    return `stored, but not extended by the provider (expires in ${seconds(outcome.newExpiresAt)})`
  }
  if (outcome.status === 'skipped') return `answer not used (${outcome.reason})`
  if (outcome.strike === 2) return `must re-authenticate (${outcome.reason})`
  if (outcome.reason === 'rate_limited') return `rate limited (next try in ${seconds(outcome.retryAt)})`
  if (outcome.retryAt === null) return `failed (${outcome.reason})`
  return `temporary error: ${outcome.reason} (next try in ${seconds(outcome.retryAt)})`
}
