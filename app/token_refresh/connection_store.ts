import { toClaim } from '#token_refresh/claim'
import type { GateTiming, Permits } from '#token_refresh/client_gate'
import { GateKeeper, type GateMembers } from '#token_refresh/gate_keeper'
import { markLapsed } from '#token_refresh/lapses'
import { Wishes } from '#token_refresh/wishes'
import { settleAll } from '#token_refresh/settle'
import type { Settled, Settlement } from '#token_refresh/settlement'
import { signalOf } from '#token_refresh/settlement_signal'
import { all, now, type Row, type StoreDriver, type Work } from '#store/driver'
import * as sql from '#token_refresh/store_sql'
import type {
  ClaimAnswer,
  ClaimRequest,
  DueClaims,
  DueRequest,
  TurnResult,
  TurnWork,
} from '#token_refresh/turn'
import type { Claim } from '#token_refresh/types'
import { UrgentShare } from '#token_refresh/urgent_share'

const NOTHING_DUE: DueClaims = { claims: [], askAgainIn: null }

export interface StoreOptions {
  driver: StoreDriver
  workerId: string
  /** Length of a lease, longer than the total deadline of a request. */
  lease: number
  gateTiming: GateTiming
  /** All providers whose requests pass a gate. */
  providersOf: (gateId: string) => readonly string[]
}

// A lease that ends later than any can is void; one of a turn that began after ours may end later by less than this.
const TURNS_APART = 60_000

/**
 * The only SQL of the refresh path. It works in turns: one transaction settles everything that has finished and then
 * claims for the slots that are free. A claim is durable before its request is sent; it is the intent.
 */
export class ConnectionStore {
  readonly #wishes = new Wishes()
  readonly #urgent = new UrgentShare()

  constructor(private readonly options: StoreOptions) {}

  /** One turn. Either all of it is durable when the promise resolves, or none of it happened. */
  turn(work: TurnWork): Promise<TurnResult> {
    return this.options.driver.transaction(() => this.#turn(work))
  }

  /** The lease columns of a connection, or null where there is none; for those who wait for another's attempt. */
  async readLease(connectionId: string): Promise<Row | null> {
    return (await this.options.driver.read(sql.READ_LEASE, [connectionId]))[0] ?? null
  }

  /** How an attempt ended, or null while nobody has settled it. */
  async readAttempt(attemptId: string): Promise<Row | null> {
    return (await this.options.driver.read(sql.READ_ATTEMPT, [attemptId]))[0] ?? null
  }

  /** Marks connections whose token lapsed while their refresh was held up, and tells of each; returns how many. */
  markLapsed(): Promise<number> {
    return this.options.driver.transaction(markLapsed)
  }

  /** Opens a gate by hand and tells people where that is news to them. False where it was open already. */
  openGate(gate: GateMembers): Promise<boolean> {
    const { driver, gateTiming: timing, providersOf } = this.options
    return driver.transaction(function* (): Work<boolean> {
      const means = { dialect: driver.dialect, timing, providersOf }
      const gates = yield* GateKeeper.open(means, [gate], yield* now())
      if (gates.state(gate.id).flow === 'open') return false
      gates.reopen(gate.id)
      yield* gates.save()
      return true
    })
  }

  close(): Promise<void> {
    return this.options.driver.close()
  }

  *#turn(work: TurnWork): Work<TurnResult> {
    const { driver, gateTiming: timing, providersOf } = this.options
    const at = yield* now()
    const members = gatesOf(work)
    const gates = yield* GateKeeper.open({ dialect: driver.dialect, timing, providersOf }, members, at)
    const settled = yield* this.#settleAll(gates, work.settlements)
    const isCopy = (yield* all(sql.READ_QUARANTINE, [])).length > 0
    const claims: ClaimAnswer[] = []
    for (const request of work.claims) {
      claims.push(isCopy ? quarantined(at) : yield* this.#claimOne(gates, request))
    }
    const due = work.due && !isCopy ? yield* this.#claimDue(gates, work.due) : NOTHING_DUE
    yield* gates.save()
    return { now: at, settled, claims, due, gates: members.map(({ id }) => id), paused: gates.paused() }
  }

  *#settleAll(gates: GateKeeper, settlements: readonly Settlement[]): Work<Settled[]> {
    const { driver, workerId } = this.options
    const context = { dialect: driver.dialect, workerId, now: gates.now, wishes: this.#wishes }
    const settled = settlements.length > 0 ? yield* settleAll(context, settlements) : []
    for (const settlement of settlements) {
      const event = signalOf(settlement)
      if (event) gates.signal(settlement.gateId, event)
    }
    return settled
  }

  *#claimOne(gates: GateKeeper, request: ClaimRequest): Work<ClaimAnswer> {
    const at = gates.now
    const permit = gates.permits(request.gate, 1)
    if (permit.count === 0) {
      return {
        type: 'gate_closed',
        retryAt: permit.retryAt ?? at,
        reason: permit.reason ?? 'paused',
      }
    }
    const { lease, workerId } = this.options
    const [row] = yield* all(sql.CLAIM_ONE, [
      at + lease,
      workerId,
      request.connectionId,
      at,
      at + lease + TURNS_APART,
      request.force,
      request.tokenVersion ?? null,
    ])
    if (!row) {
      return { type: 'refused', attemptId: yield* this.#heldBy(request) }
    }
    gates.take(request.gate, { count: 1, probe: permit.probe })
    return { type: 'claimed', claim: toClaim(row, at) }
  }

  /** The attempt in a claim's way. Where it was settled since the caller looked, it is the last one in the log. */
  *#heldBy({ connectionId, force }: ClaimRequest): Work<string | null> {
    const [row] = yield* all(sql.READ_LEASE, [connectionId])
    if (!row) return null
    const free = row.attempt_id === null && row.paused_at === null && (row.is_active || force)
    if (!free) return row.attempt_id as string | null
    const [last] = yield* all(sql.READ_LAST_ATTEMPT, [connectionId])
    return (last?.id as string | undefined) ?? null
  }

  *#claimDue(gates: GateKeeper, request: DueRequest): Work<DueClaims> {
    const claims: Claim[] = []
    let askAgainIn: number | null = null
    let waiting = request.gates.flatMap((gate) => gate.providers.map((provider) => ({ gate, provider })))
    while (claims.length < request.limit && waiting.length > 0) {
      const hungry: typeof waiting = []
      for (const [index, place] of waiting.entries()) {
        const share = Math.ceil((request.limit - claims.length) / (waiting.length - index))
        const permit = gates.permits(place.gate, share)
        const found = yield* this.#claimDueOf(gates, place, permit)
        claims.push(...found)
        if (found.length > 0 && found.length === share) hungry.push(place)
        else if (found.length === permit.count) askAgainIn = sooner(askAgainIn, permit, gates.now)
      }
      waiting = hungry
    }
    return { claims, askAgainIn }
  }

  *#claimDueOf(
    gates: GateKeeper,
    { gate, provider }: { gate: GateMembers; provider: string },
    permit: Permits
  ): Work<Claim[]> {
    const at = gates.now
    if (permit.count === 0) return []
    const { lease, workerId, driver } = this.options
    const end = at + lease + TURNS_APART
    const looksFirst = driver.dialect === 'sqlite'
    if (looksFirst && (yield* all(sql.ANY_DUE, [provider, at, at, end])).length === 0) return []
    const values = sql.dueValues({
      ...{ provider, now: at, void: end, leaseUntil: at + lease, worker: workerId },
      ...{ urgent: this.#urgent.of(provider, permit.count), limit: permit.count },
    })
    const rows = yield* all(sql.claimDue(driver.dialect), values)
    this.#urgent.take(provider, rows.length)
    gates.take(gate, { count: rows.length, probe: permit.probe })
    return rows.map((row) => toClaim(row, at))
  }
}

/** A limit of its own, unlike a pause, is worth waiting for: it lets some through each moment. */
function sooner(before: number | null, { reason, retryAt }: Permits, at: number): number | null {
  if (retryAt === null || (reason !== 'rate_budget' && reason !== 'concurrency')) return before
  return Math.min(before ?? Number.POSITIVE_INFINITY, retryAt - at)
}

function quarantined(at: number): ClaimAnswer {
  return { type: 'gate_closed', retryAt: at + 60_000, reason: 'quarantine' }
}

/** Gates named by the work. A settlement's gate is read too, since its answer may change it. */
function gatesOf(work: TurnWork): GateMembers[] {
  const gates = new Map<string, GateMembers>()
  for (const { gateId } of work.settlements) {
    gates.set(gateId, { id: gateId, providers: [], limits: { perSecond: null, concurrency: null } })
  }
  for (const { gate } of work.claims) gates.set(gate.id, gate)
  for (const gate of work.due?.gates ?? []) gates.set(gate.id, gate)
  return [...gates.values()]
}
