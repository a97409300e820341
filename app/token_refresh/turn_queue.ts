import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionStore } from '#token_refresh/connection_store'
import type { ClaimAnswer, ClaimRequest, DueClaims, DueRequest, TurnResult } from '#token_refresh/turn'
import type { Settled, Settlement } from '#token_refresh/settlement'
import type { Spool } from '#token_refresh/spool'

interface Waiting<Request, Answer> {
  request: Request
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

const FIRST_RETRY = 50
const LAST_RETRY = 2_000
/** What is not stored within this time goes to the spool, in milliseconds. */
const PATIENCE = 1_000

/** What an entry of the log says about how its attempt was settled. */
const SETTLED_AS = { success: 'stored', failed: 'recorded', superseded: 'superseded' } as const

/**
 * Gathers what finishes and what is wanted within one round of the event loop into one turn of the store. A synchronous
 * driver would otherwise make batches of one. A claim that fails is the caller's to handle; a settlement is never given
 * up: a batch that fails is settled one by one, a row that still fails is stored without its text, and a database that
 * is away is tried until it is back, while the spool keeps the sealed answer.
 */
export class TurnQueue {
  #settlements: Waiting<Settlement, Settled>[] = []
  #claims: Waiting<ClaimRequest, ClaimAnswer>[] = []
  #due: Waiting<DueRequest, DueClaims>[] = []
  /** The gates that are paused as far as this process knows, with the time of the turn that found them so. */
  readonly #pausedSince = new Map<string, number>()
  #running = false
  #scheduled = false
  #closed = false

  constructor(
    private readonly store: Pick<ConnectionStore, 'turn' | 'readAttempt'>,
    private readonly onTrouble: (error: unknown) => void,
    private readonly spool: Pick<Spool, 'append' | 'settled'> | null = null
  ) {}

  settle(request: Settlement): Promise<Settled> {
    const { promise, resolve, reject } = Promise.withResolvers<Settled>()
    this.#settlements.push({ request, resolve, reject })
    this.#schedule()
    return this.spool ? this.#spooled(request, promise) : promise
  }

  claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return new Promise((resolve, reject) => {
      this.#claims.push({ request, resolve, reject })
      this.#schedule()
    })
  }

  claimDue(request: DueRequest): Promise<DueClaims> {
    return new Promise((resolve, reject) => {
      this.#due.push({ request, resolve, reject })
      this.#schedule()
    })
  }

  /** True where a gate was paused after a claim was made: its request would be one too many. */
  pausedSince(gateId: string, claimedAt: number): boolean {
    return (this.#pausedSince.get(gateId) ?? 0) > claimedAt
  }

  /** Gives up what the database still refuses; it stays in the spool for the next start. */
  close(): void {
    this.#closed = true
  }

  #schedule(): void {
    if (this.#scheduled || this.#running) return
    this.#scheduled = true
    setImmediate(() => void this.#flush())
  }

  async #flush(): Promise<void> {
    this.#scheduled = false
    this.#running = true
    const [settlements, claims, due] = [this.#settlements, this.#claims, this.#due.shift()]
    this.#settlements = []
    this.#claims = []
    await this.#turn(settlements, claims, due)
    this.#running = false
    if (this.#settlements.length + this.#claims.length + this.#due.length > 0) this.#schedule()
  }

  async #turn(
    settlements: Waiting<Settlement, Settled>[],
    claims: Waiting<ClaimRequest, ClaimAnswer>[],
    due: Waiting<DueRequest, DueClaims> | undefined
  ): Promise<void> {
    let result: TurnResult
    try {
      result = await this.store.turn({
        settlements: settlements.map(({ request }) => request),
        claims: claims.map(({ request }) => request),
        due: due?.request ?? null,
      })
    } catch (error) {
      for (const waiting of [...claims, ...(due ? [due] : [])]) waiting.reject(error)
      // Not awaited: one row that is refused must not hold up the turns of all others.
      for (const waiting of settlements) void this.#settleAlone(waiting, error)
      return
    }
    this.#noteGates(result)
    settlements.forEach(({ resolve }, index) => resolve(result.settled[index]))
    claims.forEach(({ resolve }, index) => resolve(result.claims[index]))
    due?.resolve(result.due)
  }

  #noteGates({ now, gates, paused }: TurnResult): void {
    for (const id of gates) {
      if (!paused.includes(id)) this.#pausedSince.delete(id)
      else if (!this.#pausedSince.has(id)) this.#pausedSince.set(id, now)
    }
  }

  async #settleAlone({ request, resolve }: Waiting<Settlement, Settled>, cause: unknown): Promise<void> {
    this.onTrouble(cause)
    for (let wait = FIRST_RETRY; !this.#closed; wait = Math.min(wait * 2, LAST_RETRY)) {
      const settled = await this.#trySettling(request)
      if (settled) return resolve(settled)
      await sleep(wait)
    }
  }

  /** Keeps a settlement on disk that is not stored in time, whether the database refuses, is busy or says nothing. */
  async #spooled(request: Settlement, settled: Promise<Settled>): Promise<Settled> {
    const timer = setTimeout(() => this.#guarded(() => this.spool?.append(request)), PATIENCE)
    try {
      return await settled
    } finally {
      clearTimeout(timer)
      this.#guarded(() => this.spool?.settled(request.claim.attemptId))
    }
  }

  /** Text is given up only where the database answers and still refuses the row. */
  async #trySettling(request: Settlement): Promise<Settled | null> {
    for (const candidate of [request, withoutText(request)]) {
      try {
        const known = await this.#settledBefore(request)
        if (known) return known
      } catch (error) {
        this.onTrouble(error)
        return null
      }
      try {
        const { settled } = await this.store.turn({ settlements: [candidate], claims: [], due: null })
        return settled[0]
      } catch (error) {
        this.onTrouble(error)
      }
    }
    return null
  }

  /** A commit whose acknowledgement was lost has happened all the same: then the log knows the attempt. */
  async #settledBefore({ claim }: Settlement): Promise<Settled | null> {
    const attempt = await this.store.readAttempt(claim.attemptId)
    return attempt ? SETTLED_AS[attempt.outcome as keyof typeof SETTLED_AS] : null
  }

  /** A spool that cannot be written either is told; the answer stays in memory and is tried on. */
  #guarded(write: () => void): void {
    try {
      write()
    } catch (error) {
      this.onTrouble(error)
    }
  }
}

/** The same settlement without any text that a provider wrote, which a database might refuse. */
function withoutText({ calls, ...settlement }: Settlement): Settlement {
  const { ending } = settlement
  if (ending.type === 'tokens') {
    return {
      ...settlement,
      ending: { type: 'tokens', tokens: { ...ending.tokens, scopes: null, metadata: null } },
    }
  }
  if (ending.type !== 'failure') return settlement
  const failure = { ...ending.decision.failure, code: 'unprintable', description: null }
  return { ...settlement, ending: { type: 'failure', decision: { ...ending.decision, failure } } }
}
