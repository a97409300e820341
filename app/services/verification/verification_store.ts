import type { Failure } from '#oauth/types'
import type { Change } from '#services/verification/judgement'
import { toSubject, type Subject } from '#services/verification/subject'
import { GateKeeper, type GateMeans } from '#token_refresh/gate_keeper'
import { tell, type OutboxEvent } from '#token_refresh/outbox'
import { all, now, run, runAll, type Change as Statement, type StoreDriver, type Work } from '#store/driver'

/** A closed gate: nothing is asked of its provider before `until`. */
export interface ClosedGate {
  reason: string
  until: number
}

/** A connection at the begin of its verification, with the database's time. */
export interface Opened {
  now: number
  subject: Subject
}

const READ = 'SELECT * FROM connections WHERE id = ?'
const READ_GATE = `SELECT reason, until FROM client_gates WHERE id = ? AND flow <> 'open' AND until > ?t`

/** The SQL of verifications. It never touches the lease: a refresh in flight ends as it would have. */
export class VerificationStore {
  constructor(
    private readonly driver: StoreDriver,
    private readonly gates: Pick<GateMeans, 'timing' | 'providersOf'>
  ) {}

  /** The connection as it is now; null where there is none. */
  open(connectionId: string): Promise<Opened | null> {
    return this.driver.transaction(function* (): Work<Opened | null> {
      const at = yield* now()
      const [row] = yield* all(READ, [connectionId])
      return row ? { now: at, subject: toSubject(row) } : null
    })
  }

  /** The pause of a gate; null where its requests may go. */
  async closedGate(gateId: string, at: number): Promise<ClosedGate | null> {
    const [row] = await this.driver.read(READ_GATE, [gateId, at])
    return row ? { reason: (row.reason as string | null) ?? 'unavailable', until: Number(row.until) } : null
  }

  /**
   * Writes a judgement into the connection that was judged, and its event with it. False, and nothing is written, where
   * its tokens or its grant were replaced meanwhile, or where its condition would change and is another one by now.
   */
  apply(subject: Subject, change: Change, event: OutboxEvent | null): Promise<boolean> {
    const { sql, values } = applied(subject, change)
    return this.driver.transaction(function* (): Work<boolean> {
      if ((yield* run(sql, values)) === 0) return false
      if (event) yield* runAll([tell(event, yield* now())])
      return true
    })
  }

  /** Pauses a gate because a request of ours was limited; it waits as long as the provider asks for. */
  async limit(gateId: string, { code, retryAfter }: Failure): Promise<void> {
    const means = { ...this.gates, dialect: this.driver.dialect }
    await this.driver.transaction(function* (): Work<void> {
      const gate = { id: gateId, providers: [], limits: { perSecond: null, concurrency: null } }
      const keeper = yield* GateKeeper.open(means, [gate], yield* now())
      keeper.signal(gateId, { class: 'rate_limited', code, retryAfter })
      yield* keeper.save()
    })
  }
}

const SAME_CONDITION =
  ' AND status = ? AND is_active = ? AND is_suspended = ? AND token_refresh_failed_at IS NOT DISTINCT FROM ?t'

/** The statement of a judgement behind its fence. */
function applied({ connectionId, ...judged }: Subject, { columns, condition }: Change): Statement {
  const names = Object.keys(columns)
  const set = names.map((name) => `${name} = ${mark(name)}`).join(', ')
  const fence = condition ? SAME_CONDITION : ''
  const { status, isActive, isSuspended, tokenRefreshFailedAt } = judged
  return {
    sql: `UPDATE connections SET ${set} WHERE id = ? AND token_version = ? AND grant_generation = ?${fence}`,
    values: [
      ...Object.values(columns),
      connectionId,
      judged.tokenVersion,
      judged.grantGeneration,
      ...(condition ? [status, isActive, isSuspended, tokenRefreshFailedAt] : []),
    ],
  }
}

function mark(column: string): string {
  return column.endsWith('_at') ? '?t' : '?'
}
