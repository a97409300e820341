import { setTimeout as sleep } from 'node:timers/promises'
import type { ProviderRegistry } from '#oauth/registry'
import type { Clock, Random } from '#oauth/types'
import type { ChildrenService } from '#services/children_service'
import { DueSweep, type SweepSummary } from '#services/due_sweep'
import type { RefreshAttempt } from '#services/refresh_attempt'
import { skipped } from '#services/refresh_outcome'
import { waitForAttempt } from '#services/wait_for_attempt'
import { backoff } from '#token_refresh/backoff'
import type { ConnectionStore } from '#token_refresh/connection_store'
import { gateOf, gatesOf } from '#token_refresh/gate_directory'
import type { TurnQueue } from '#token_refresh/turn_queue'
import type {
  RefreshKind,
  RefreshOutcome,
  RefreshReason,
  RefreshRequest,
  RefreshTiming,
} from '#token_refresh/types'

export interface RefreshDependencies {
  providers: ProviderRegistry
  store: ConnectionStore
  turns: TurnQueue
  attempt: RefreshAttempt
  children: Pick<ChildrenService, 'settled'>
  clock: Clock
  random: Random
  sleep: (milliseconds: number) => Promise<void>
  timing: RefreshTiming
  concurrency: number
  /** Called before a connection whose provider is unknown here: another process may have added it. */
  followProviders?: () => Promise<void>
}

/** Kinds whose caller waits for a usable token and is therefore served a few tries within the call (P3). */
const TRIES_WITHIN_CALL: ReadonlySet<RefreshKind> = new Set(['on_demand', 'grant', 'health_check'])
/**
 * The refresh path. Every door (scheduler, command, API, button, grant, health check, read) ends in `refreshOne` or, for
 * what is due, in the same attempt on a connection that a sweep claimed.
 */
export class TokenRefreshService {
  readonly #inFlight = new Map<string, Promise<RefreshOutcome>>()
  readonly #sweep: DueSweep
  #stopping = false

  constructor(private readonly deps: RefreshDependencies) {
    this.#sweep = new DueSweep({
      concurrency: deps.concurrency,
      gates: () => gatesOf(deps.providers),
      claimDue: (request) => deps.turns.claimDue(request),
      attempt: (claim, request, heldSince, answered) =>
        this.#track(claim.connectionId, deps.attempt.run(claim, request, heldSince, answered)),
      clock: deps.clock,
      sleep: deps.sleep,
    })
  }

  /**
   * Refreshes one connection now. Callers in this process share one attempt; if another process is at it, its outcome is
   * awaited. Expected failures come back as a value; only bugs reject.
   */
  async refreshOne(connectionId: string, request: RefreshRequest): Promise<RefreshOutcome> {
    const running = this.#inFlight.get(connectionId)
    if (running) return running
    return this.#track(connectionId, this.#refreshWithRetries(connectionId, request))
  }

  /** Refreshes everything that is due, until nothing is; a second call joins the sweep that is under way. */
  refreshDue(request: RefreshRequest = { kind: 'scheduled' }): Promise<SweepSummary> {
    if (this.#stopping) return Promise.resolve({ refreshed: 0, failed: 0 })
    return this.#sweep.run(request)
  }

  /**
   * Stops claiming, then waits until every request in flight has been answered and saved; at most `patience`
   * milliseconds, since a database that is away must not hold up the end for ever. What is not saved by then is in the
   * spool.
   */
  async drain(patience = 60_000): Promise<void> {
    this.#stopping = true
    const finished = this.#sweep.stop().then(() => Promise.allSettled(this.#inFlight.values()))
    const enough = new AbortController()
    const timeUp = sleep(patience, undefined, { signal: enough.signal, ref: false }).catch(() => {})
    await Promise.race([finished, timeUp])
    enough.abort()
    this.deps.turns.close()
  }

  #track(connectionId: string, attempt: Promise<RefreshOutcome>): Promise<RefreshOutcome> {
    this.#inFlight.set(connectionId, attempt)
    const forget = () => {
      if (this.#inFlight.get(connectionId) === attempt) this.#inFlight.delete(connectionId)
    }
    attempt.then(forget, forget)
    return attempt
  }

  /** Each try claims anew; between tries no lease is held. */
  async #refreshWithRetries(connectionId: string, request: RefreshRequest): Promise<RefreshOutcome> {
    const { timing, random, sleep: wait } = this.deps
    const tries = TRIES_WITHIN_CALL.has(request.kind) ? timing.retryAttempts : 1
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#claimAndAttempt(connectionId, request)
      const mayPass = outcome.reason === 'not_sent' || outcome.reason === 'unavailable'
      if (!mayPass || attempt >= tries || this.#stopping) return outcome
      await wait(backoff(attempt, timing, random))
    }
  }

  async #claimAndAttempt(connectionId: string, request: RefreshRequest): Promise<RefreshOutcome> {
    const { store, turns, attempt, clock } = this.deps
    if (this.#stopping) return skipped(connectionId, 'stopping')
    const row = await store.readLease(connectionId)
    if (!row) return skipped(connectionId, 'not_found')
    if (row.paused_at !== null) return skipped(connectionId, 'paused')
    if (!row.is_active && !request.force) return skipped(connectionId, 'inactive')
    if (!this.deps.providers.find(row.provider as string)) await this.deps.followProviders?.()
    const gate = gateOf(this.deps.providers, row.provider as string)
    const tokenVersion = request.tokenVersion ?? (row.token_version as number | undefined)
    const answer = await turns.claim({ connectionId, gate, force: request.force === true, tokenVersion })
    if (answer.type === 'claimed') return attempt.run(answer.claim, request, clock.monotonic())
    if (answer.type === 'gate_closed') return deferred(connectionId, answer.reason, answer.retryAt)
    if (!answer.attemptId) return skipped(connectionId, request.force ? 'paused' : 'inactive')
    const outcome = await waitForAttempt(store, connectionId, answer.attemptId, this.deps)
    // The other process derives the children's tokens before it tells its own callers, too.
    if (this.deps.providers.find(row.provider as string)?.children)
      await this.deps.children.settled(connectionId)
    return outcome
  }
}

/** Why a gate is closed, in the words that callers get. */
const CLOSED: Readonly<Record<string, RefreshReason>> = {
  rate_budget: 'provider_busy',
  concurrency: 'provider_busy',
  quarantine: 'quarantine',
}

function deferred(connectionId: string, why: string, retryAt: number): RefreshOutcome {
  const reason = CLOSED[why] ?? 'provider_paused'
  return { ...skipped(connectionId, reason), status: 'deferred', retryAt, errorCode: why }
}
