import {
  OPEN_GATE,
  permits,
  reopened,
  signal,
  take,
  type GateLimits,
  type GateSignal,
  type GateState,
  type GateTiming,
  type Permits,
} from '#token_refresh/client_gate'
import { gateNews, tellOfGate, type GateNews } from '#token_refresh/gate_events'
import { all, run, type Row, type StoreDriver, type Work } from '#store/driver'
import * as sql from '#token_refresh/store_sql'

/** A gate as the turn sees it: who passes through it and within which limits. */
export interface GateMembers {
  id: string
  providers: readonly string[]
  limits: GateLimits
}

/** What gates are kept by. */
export interface GateMeans {
  dialect: StoreDriver['dialect']
  timing: GateTiming
  /** All providers whose requests pass a gate; at least one. */
  providersOf: (gateId: string) => readonly string[]
}

/**
 * The gates of one turn: read (and on PostgreSQL locked) together in a fixed order, changed in memory, written back
 * once if they changed.
 */
export class GateKeeper {
  /** The gates as their rows say. */
  readonly #stored = new Map<string, GateState>()
  readonly #states = new Map<string, GateState>()
  readonly #changed = new Set<string>()
  readonly #inFlight = new Map<string, number>()

  private constructor(
    private readonly means: GateMeans,
    readonly now: number
  ) {}

  static *open(means: GateMeans, gates: readonly GateMembers[], now: number): Work<GateKeeper> {
    const keeper = new GateKeeper(means, now)
    if (gates.length === 0) return keeper
    // A row to lock must exist, or two processes would both spend the first second's budget.
    for (const gate of gates.filter(
      ({ limits }) => limits.perSecond !== null || limits.concurrency !== null
    )) {
      yield* run(sql.ENSURE_GATE, [gate.id, now])
    }
    const ids = gates.map((gate) => gate.id)
    for (const row of yield* all(sql.readGates(means.dialect, ids.length), ids)) {
      keeper.#stored.set(row.id as string, toState(row))
      keeper.#states.set(row.id as string, toState(row))
    }
    for (const gate of gates.filter(({ limits }) => limits.concurrency !== null)) {
      const [row] = yield* all(sql.inFlight(gate.providers.length), [now, ...gate.providers])
      keeper.#inFlight.set(gate.id, Number(row.count))
    }
    return keeper
  }

  signal(gateId: string, event: GateSignal): void {
    this.#set(gateId, signal(this.state(gateId), event, this.means.timing, this.now))
  }

  /** Lets requests through because a person says so. */
  reopen(gateId: string): void {
    this.#set(gateId, reopened(this.state(gateId)))
  }

  permits(gate: GateMembers, wanted: number): Permits {
    return permits(this.state(gate.id), gate.limits, this.#inFlight.get(gate.id) ?? 0, this.now, wanted)
  }

  take(gate: GateMembers, taken: { count: number; probe: boolean }): void {
    this.#inFlight.set(gate.id, (this.#inFlight.get(gate.id) ?? 0) + taken.count)
    this.#set(gate.id, take(this.state(gate.id), gate.limits, this.means.timing, this.now, taken))
  }

  state(gateId: string): GateState {
    return this.#states.get(gateId) ?? OPEN_GATE
  }

  /** The gates of this turn that are paused now: what was claimed for them earlier should not be sent. */
  paused(): string[] {
    const holds = ({ flow, until }: GateState) => flow === 'paused' && until !== null && until > this.now
    return [...this.#states].filter(([, state]) => holds(state)).map(([id]) => id)
  }

  /** Writes what changed, and tells people where that concerns them. */
  *save(): Work<void> {
    for (const id of [...this.#changed].sort()) {
      const state = this.state(id)
      const news = yield* this.#newsOf(id, state)
      yield* run(sql.WRITE_GATE, [
        id,
        state.flow,
        state.reason,
        state.errorCode,
        state.until,
        state.failures,
        state.allowance,
        state.allowanceAt,
        this.now,
      ])
      const change = { gateId: id, providers: this.means.providersOf(id), after: state, at: this.now }
      if (news) yield* tellOfGate({ ...change, news })
    }
  }

  /** Two processes may close a gate that has no row yet: the one that enters it tells, the other one sees that it did. */
  *#newsOf(id: string, after: GateState): Work<GateNews | null> {
    const stored = this.#stored.get(id)
    const news = gateNews(stored ?? OPEN_GATE, after)
    if (stored || !news) return news
    yield* run(sql.ENSURE_GATE, [id, this.now])
    const [row] = yield* all(sql.readGates(this.means.dialect, 1), [id])
    return gateNews(toState(row), after)
  }

  #set(gateId: string, next: GateState): void {
    const before = this.state(gateId)
    if (before === next) return
    this.#states.set(gateId, next)
    if (!sameState(before, next)) this.#changed.add(gateId)
  }
}

function sameState(one: GateState, other: GateState): boolean {
  return (Object.keys(one) as (keyof GateState)[]).every((key) => one[key] === other[key])
}

function toState(row: Row): GateState {
  return {
    flow: row.flow as GateState['flow'],
    reason: row.reason as GateState['reason'],
    errorCode: row.error_code as string | null,
    until: row.until === null ? null : Number(row.until),
    failures: row.failures as number,
    allowance: row.allowance as number | null,
    allowanceAt: row.allowance_at === null ? null : Number(row.allowance_at),
  }
}
