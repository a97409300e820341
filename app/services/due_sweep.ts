import type { Clock } from '#oauth/types'
import type { DueRequest } from '#token_refresh/connection_store'
import type { GateMembers } from '#token_refresh/gate_keeper'
import type { Claim, RefreshOutcome, RefreshRequest } from '#token_refresh/types'

export interface SweepSummary {
  refreshed: number
  failed: number
}

export interface SweepDependencies {
  concurrency: number
  gates: () => GateMembers[]
  claimDue: (request: DueRequest) => Promise<Claim[]>
  attempt: (claim: Claim, request: RefreshRequest, heldSince: number) => Promise<RefreshOutcome>
  clock: Clock
}

/** Claims held ready for a free slot, as a share of the slots. */
const AHEAD = 0.5

/**
 * Keeps the slots of this process full with what is due. It claims the free slots and half as many ahead, starts them as
 * slots come free, and claims again whenever something finished, so that settling and claiming share a turn. A tick
 * while it runs only tells it to look again.
 */
export class DueSweep {
  #queue: { claim: Claim; heldSince: number }[] = []
  #running = 0
  #claiming = false
  #lookAgain = false
  #stopping = false
  #rotation = 0
  #summary: SweepSummary = { refreshed: 0, failed: 0 }
  #current: {
    promise: Promise<SweepSummary>
    resolve: (s: SweepSummary) => void
    reject: (e: unknown) => void
  } | null = null
  #request: RefreshRequest = { kind: 'scheduled' }

  constructor(private readonly deps: SweepDependencies) {}

  /** Resolves with the counts when nothing is due or in flight any more. */
  run(request: RefreshRequest): Promise<SweepSummary> {
    this.#lookAgain = true
    if (!this.#current) {
      this.#summary = { refreshed: 0, failed: 0 }
      this.#request = request
      this.#current = Promise.withResolvers<SweepSummary>()
    }
    const { promise } = this.#current
    this.#pump()
    return promise
  }

  /** Claims nothing more; what is claimed is finished. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#current?.promise.catch(() => {})
  }

  #pump(): void {
    while (this.#running < this.deps.concurrency && this.#queue.length > 0) this.#start()
    if (this.#wantsMore()) void this.#claim()
    else if (this.#running === 0 && this.#queue.length === 0 && !this.#claiming) this.#finish()
  }

  #wantsMore(): boolean {
    return this.#lookAgain && !this.#claiming && !this.#stopping && this.#room() > 0
  }

  #room(): number {
    return Math.ceil(this.deps.concurrency * (1 + AHEAD)) - this.#running - this.#queue.length
  }

  async #claim(): Promise<void> {
    this.#claiming = true
    this.#lookAgain = false
    const limit = this.#room()
    try {
      const claims = await this.deps.claimDue({ gates: this.#nextGates(), limit })
      const heldSince = this.deps.clock.monotonic()
      this.#queue.push(...claims.map((claim) => ({ claim, heldSince })))
      if (claims.length === limit) this.#lookAgain = true
    } catch (error) {
      this.#current?.reject(error)
      this.#current = null
    } finally {
      this.#claiming = false
    }
    this.#pump()
  }

  /** Each claim begins with another provider, so that none is always last. */
  #nextGates(): GateMembers[] {
    const gates = this.deps.gates().filter((gate) => gate.providers.length > 0)
    this.#rotation = gates.length === 0 ? 0 : (this.#rotation + 1) % gates.length
    return [...gates.slice(this.#rotation), ...gates.slice(0, this.#rotation)]
  }

  #start(): void {
    const next = this.#queue.shift()
    if (!next) return
    this.#running += 1
    this.deps
      .attempt(next.claim, this.#request, next.heldSince)
      .then((outcome) => {
        if (outcome.status === 'refreshed') this.#summary.refreshed += 1
        if (outcome.status === 'failed') this.#summary.failed += 1
      })
      .catch((error: unknown) => {
        this.#current?.reject(error)
        this.#current = null
      })
      .finally(() => {
        this.#running -= 1
        this.#pump()
      })
  }

  #finish(): void {
    this.#current?.resolve(this.#summary)
    this.#current = null
  }
}
