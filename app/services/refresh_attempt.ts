import type { ProviderRegistry } from '#oauth/registry'
import type { CallRecord, Provider, Random, TokenResult } from '#oauth/types'
import { askProvider, type AskDependencies } from '#services/ask_provider'
import type { ChildrenService } from '#services/children_service'
import type { Disconnections } from '#services/disconnect/disconnections'
import { traceOf } from '#services/observability/refresh_channel'
import { outcomeOf, skipped } from '#services/refresh_outcome'
import type { RefreshReport } from '#services/refresh_report'
import { openCredential, openSpare, type Credential } from '#token_refresh/credential'
import { decide } from '#token_refresh/refresh_policy'
import { tooYoungUntil } from '#token_refresh/refresh_schedule'
import { sealTokens } from '#token_refresh/seal_tokens'
import type { Ending, Settlement } from '#token_refresh/settlement'
import { timingAt } from '#token_refresh/strikes'
import type { TurnQueue } from '#token_refresh/turn_queue'
import type { Claim, Decision, RefreshOutcome, RefreshRequest, RefreshTiming } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface AttemptDependencies extends AskDependencies {
  providers: ProviderRegistry
  vault: Vault
  turns: Pick<TurnQueue, 'settle' | 'pausedSince'>
  children: Pick<ChildrenService, 'derive'>
  /** Takes care of tokens that came after their connection was disconnected. */
  disconnections: Pick<Disconnections, 'late'>
  report: RefreshReport
  random: Random
  timing: RefreshTiming
}

/** What must remain of a lease beyond the deadline before a request may leave. */
const LEASE_RESERVE = 15_000
/** Clocks that drift apart by more than this during one request were not merely slow. */
const CLOCK_STEP = 1_000

/** Steps 4 to 8 of one token's way: what happens to a connection after it was claimed. */
export class RefreshAttempt {
  constructor(private readonly deps: AttemptDependencies) {}

  /**
   * Asks once, judges, decides, settles, then tells. `heldSince` is the monotonic time at which the claim was received;
   * `answered` is called as soon as tokens have come, ahead of their commit.
   */
  async run(
    claim: Claim,
    request: RefreshRequest,
    heldSince: number,
    answered: () => void = () => {}
  ): Promise<RefreshOutcome> {
    const { clock, turns, report, vault } = this.deps
    const startedAt = clock.monotonic()
    const offset = claim.claimedAt - clock.now()
    const provider = this.deps.providers.find(claim.provider)
    const credential: Credential = provider ? openCredential(vault, provider, claim) : { type: 'absent' }
    if (!provider || credential.type === 'absent') return this.#release(claim, request, 'no_refresh_path')
    const ready = tooYoungUntil(claim.issuedAt, provider.refresh.minimumAge, claim.claimedAt)
    if (ready !== null) return this.#release(claim, request, 'too_young', ready)
    if (turns.pausedSince(provider.gate, claim.claimedAt)) {
      return this.#release(claim, request, 'provider_paused')
    }
    if (this.#leaseLeft(claim, offset, heldSince) < this.deps.requestDeadline + LEASE_RESERVE) {
      return this.#release(claim, request, 'abandoned')
    }
    const { result, call } = await askProvider(this.deps, provider, claim, credential)
    const now = this.#databaseTime(claim, result.receivedAt + offset, heldSince)
    const decision = this.#decide(provider, claim, result, now)
    const took = clock.monotonic() - startedAt
    const presented = { credential, calls: call ? [call] : [] }
    const settlement = this.#settlement(provider, claim, presented, decision, request, took)
    const settling = turns.settle(settlement)
    // A failure may pause its provider: what waits for the slot must not leave before that is known.
    if (decision.outcome === 'success') answered()
    const settled = await settling
    const outcome = outcomeOf(settlement, settled)
    report.attempt(claim, settlement, outcome)
    if (settled === 'superseded' && decision.outcome === 'success')
      await this.deps.disconnections.late(claim, decision.tokens)
    // Whoever waits for these tokens may want a child's: they are derived before anybody gets the outcome.
    if (settled === 'stored' && provider.children)
      await this.deps.children.derive(claim.connectionId, request)
    return outcome
  }

  /** The smaller of what the wall clock and the monotonic clock leave: one may step, the other may stop. */
  #leaseLeft(claim: Claim, offset: number, heldSince: number): number {
    const { clock } = this.deps
    const byWall = claim.leaseUntil - (clock.now() + offset)
    const byMonotonic = claim.leaseUntil - claim.claimedAt - (clock.monotonic() - heldSince)
    return Math.min(byWall, byMonotonic)
  }

  /**
   * Now, on the database's clock. Where the wall clock and the monotonic one disagree, one of them stepped or stood still
   * while the request was on its way. The earlier time is taken: an expiry that is too early costs one refresh more, one
   * that is too late lets the token lapse.
   */
  #databaseTime(claim: Claim, byWall: number, heldSince: number): number {
    const byMonotonic = claim.claimedAt + (this.deps.clock.monotonic() - heldSince)
    return Math.abs(byWall - byMonotonic) > CLOCK_STEP ? Math.min(byWall, byMonotonic) : byWall
  }

  #decide(provider: Provider, claim: Claim, result: TokenResult, now: number): Decision {
    const { random, vault } = this.deps
    const input = { provider, result, now, timing: timingAt(provider, this.deps.timing), random }
    const spareOpens = openSpare(vault, claim).type === 'presented'
    return decide({ ...input, claim: spareOpens ? claim : { ...claim, spareRefreshToken: null } })
  }

  #settlement(
    provider: Provider,
    claim: Claim,
    { credential, calls }: { credential: Credential; calls: readonly CallRecord[] },
    decision: Decision,
    { kind, runId }: RefreshRequest,
    durationMs: number
  ): Settlement {
    const presentedFp = credential.type === 'presented' ? credential.fingerprint : null
    return {
      claim,
      ending: this.#ending(claim, presentedFp, decision),
      presentedFp,
      gateId: provider.gate,
      kind,
      runId: runId ?? null,
      durationMs,
      calls,
      traceId: traceOf(claim.attemptId),
      keepAliveAlways: provider.refresh.keepAlive === 'always',
      hasChildren: provider.children !== null,
    }
  }

  #ending(claim: Claim, presentedFp: string | null, decision: Decision): Ending {
    const { vault } = this.deps
    if (decision.outcome === 'success') {
      return { type: 'tokens', tokens: sealTokens(vault, claim, presentedFp ?? '', decision) }
    }
    if (decision.outcome === 'failed') return { type: 'failure', decision }
    const spare = openSpare(vault, claim)
    if (spare.type !== 'presented') throw new Error('decided for a spare token that does not open')
    // Sealed anew: a key rotation may have moved the row to another key meanwhile.
    const { organizationId, connectionId } = claim
    const refreshToken = vault.seal(spare.secret, { organizationId, connectionId, column: 'refresh_token' })
    return { type: 'spare', decision, refreshToken, credentialFp: spare.fingerprint }
  }

  /** Gives a claim back unused. A connection without a way to refresh is taken off the schedule. */
  async #release(
    claim: Claim,
    { kind, runId }: RefreshRequest,
    reason: 'no_refresh_path' | 'abandoned' | 'provider_paused' | 'too_young',
    postponeTo?: number
  ) {
    await this.deps.turns.settle({
      claim,
      ending: { type: 'release', unschedule: reason === 'no_refresh_path', postponeTo },
      presentedFp: null,
      gateId: this.deps.providers.find(claim.provider)?.gate ?? claim.provider,
      kind,
      runId: runId ?? null,
      durationMs: 0,
      keepAliveAlways: true,
      hasChildren: false,
    })
    return { ...skipped(claim.connectionId, reason), retryAt: postponeTo ?? null }
  }
}
