import type { Failure } from '#oauth/types'
import type { Change } from '#services/verification/judgement'
import { toSubject, type Subject } from '#services/verification/subject'
import type { GateTiming } from '#token_refresh/client_gate'
import { GateKeeper } from '#token_refresh/gate_keeper'
import { all, now, run, type StoreDriver, type Work } from '#store/driver'

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
    private readonly gateTiming: GateTiming
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
   * Writes a judgement into the connection that was judged. False, and nothing is written, where its tokens or its grant
   * were replaced meanwhile, or where its condition would change and is another one by now.
   */
  async apply({ connectionId, ...judged }: Subject, { columns, condition }: Change): Promise<boolean> {
    const names = Object.keys(columns)
    const set = names.map((name) => `${name} = ${mark(name)}`).join(', ')
    const fence = condition ? ' AND status = ? AND is_active = ? AND is_suspended = ?' : ''
    const statement = `UPDATE connections SET ${set} WHERE id = ? AND token_version = ? AND grant_generation = ?${fence}`
    const values = [
      ...Object.values(columns),
      connectionId,
      judged.tokenVersion,
      judged.grantGeneration,
      ...(condition ? [judged.status, judged.isActive, judged.isSuspended] : []),
    ]
    return (await this.driver.transaction(() => run(statement, values))) > 0
  }

  /** Pauses a gate because a request of ours was limited; it waits as long as the provider asks for. */
  async limit(gateId: string, { code, retryAfter }: Failure): Promise<void> {
    const { dialect } = this.driver
    const { gateTiming } = this
    await this.driver.transaction(function* (): Work<void> {
      const gate = { id: gateId, providers: [], limits: { perSecond: null, concurrency: null } }
      const keeper = yield* GateKeeper.open(dialect, [gate], gateTiming, yield* now())
      keeper.signal(gateId, { class: 'rate_limited', code, retryAfter })
      yield* keeper.save()
    })
  }
}

function mark(column: string): string {
  return column.endsWith('_at') ? '?t' : '?'
}
