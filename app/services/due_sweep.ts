import type { Clock } from '#oauth/types'
import type { DueClaims, DueRequest } from '#token_refresh/turn'
import type { GateMembers } from '#token_refresh/gate_keeper'
import type { Claim, RefreshOutcome, RefreshRequest } from '#token_refresh/types'

export interface SweepSummary {
  refreshed: number
  failed: number
}

export interface SweepDependencies {
  concurrency: number
  gates: () => GateMembers[]
  claimDue: (request: DueRequest) => Promise<DueClaims>
  /** Calls `answered` when tokens have come; resolves when what came is committed. */
  attempt: (
    claim: Claim,
    request: RefreshRequest,
    heldSince: number,
    answered: () => void
  ) => Promise<RefreshOutcome>
  clock: Clock
  sleep: (milliseconds: number) => Promise<void>
}

/** Claims held ready for a free slot, as a share of the slots. */
const AHEAD = 0.5
/** Answers that may wait for their commit before nothing more is sent, as a multiple of the slots. */
const UNSETTLED = 1

/**
 * Keeps the slots of this process full with what is due. A slot is a request on its way: it comes free with the answer,
 * not with the commit. It claims the free slots and half as many ahead, starts them as
 * slots come free, and claims again whenever something finished, so that settling and claiming share a turn. Where a
 * provider's limit holds back what is due, it asks again as soon as the limit lets some through. A tick while it runs
 * only tells it to look again.
 */
export class DueSweep {
  #queue: { claim: Claim; heldSince: number }[] = []
  #sent = 0
  #unsettled = 0
  #claiming = false
  #lookAgain = false
  #stopping = false
  /** A limit held something back; a look is planned for when it yields. */
  #heldBack = false
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
    this.#pump()
    await this.#current?.promise.catch(() => {})
  }

  #pump(): void {
    while (this.#hasSlot() && this.#queue.length > 0) this.#start()
    if (this.#wantsMore()) void this.#claim()
    else if (this.#isDone()) this.#finish()
  }

  #hasSlot(): boolean {
    const { concurrency } = this.deps
    return this.#sent < concurrency && this.#unsettled < concurrency * UNSETTLED
  }

  #isDone(): boolean {
    const idle = this.#sent + this.#unsettled + this.#queue.length === 0 && !this.#claiming
    return idle && (!this.#heldBack || this.#stopping)
  }

  #wantsMore(): boolean {
    return this.#lookAgain && !this.#claiming && !this.#stopping && this.#room() > 0
  }

  #room(): number {
    return Math.ceil(this.deps.concurrency * (1 + AHEAD)) - this.#sent - this.#queue.length
  }

  async #claim(): Promise<void> {
    this.#claiming = true
    this.#lookAgain = false
    const limit = this.#room()
    try {
      const { claims, askAgainIn } = await this.deps.claimDue({ gates: this.#nextGates(), limit })
      const heldSince = this.deps.clock.monotonic()
      this.#queue.push(...claims.map((claim) => ({ claim, heldSince })))
      if (claims.length === limit) this.#lookAgain = true
      if (askAgainIn !== null) this.#lookAgainIn(askAgainIn)
    } catch (error) {
      this.#current?.reject(error)
      this.#current = null
    } finally {
      this.#claiming = false
    }
    this.#pump()
  }

  #lookAgainIn(milliseconds: number): void {
    if (this.#heldBack) return
    this.#heldBack = true
    void this.deps.sleep(milliseconds).then(() => {
      this.#heldBack = false
      this.#lookAgain = true
      this.#pump()
    })
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
    this.#sent += 1
    let isAnswered = false
    const answered = () => {
      isAnswered = true
      this.#sent -= 1
      this.#unsettled += 1
      this.#pump()
    }
    this.deps
      .attempt(next.claim, this.#request, next.heldSince, answered)
      .then((outcome) => {
        if (outcome.status === 'refreshed') this.#summary.refreshed += 1
        if (outcome.status === 'failed') this.#summary.failed += 1
      })
      .catch((error: unknown) => {
        this.#current?.reject(error)
        this.#current = null
      })
      .finally(() => {
        if (isAnswered) this.#unsettled -= 1
        else this.#sent -= 1
        if (this.#heldBack) this.#lookAgain = true
        this.#pump()
      })
  }

  #finish(): void {
    this.#current?.resolve(this.#summary)
    this.#current = null
  }
}
