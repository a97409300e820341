import { toClaim } from '#token_refresh/claim'
import { detailsColumn } from '#token_refresh/attempt_details'
import { settleAll } from '#token_refresh/settle'
import type { Settled, Settlement } from '#token_refresh/settlement'
import { all, now, run, type StoreDriver, type Value, type Work } from '#store/driver'
import { CLAIM_AGAIN, CLAIM_ONE, INSERT_ATTEMPT } from '#token_refresh/store_sql'
import type { Claim } from '#token_refresh/types'

export interface RehearsalOptions {
  driver: StoreDriver
  workerId: string
  /** Length of a lease in milliseconds, as for a refresh. */
  lease: number
}

// As in the store: a lease that ends later than any can is void.
const TURNS_APART = 60_000

/**
 * Claims and settles as the store does, with its own statements, and takes everything back before anybody can see it:
 * each runs inside a savepoint that is rolled back. What remains is an entry of kind `test` in the refresh log. A process
 * that dies anywhere in it leaves nothing behind.
 */
export class Rehearsal {
  constructor(private readonly options: RehearsalOptions) {}

  /** What a claim would hold now; null where it would be refused. */
  claim(connectionId: string, force: boolean): Promise<Claim | null> {
    const { driver, workerId, lease } = this.options
    return driver.transaction(function* () {
      const at = yield* now()
      const values = [at + lease, workerId, connectionId, at, at + lease + TURNS_APART, force, null]
      const [row] = yield* undone(() => all(CLAIM_ONE, values))
      return row ? toClaim(row, at) : null
    })
  }

  /** How this would be settled. A settlement that gives the claim back is not logged, as in earnest. */
  settle(settlement: Settlement): Promise<Settled> {
    return this.options.driver.transaction(() => this.#settle(settlement))
  }

  *#settle(settlement: Settlement): Work<Settled> {
    const { driver, workerId, lease } = this.options
    const { claim } = settlement
    const at = yield* now()
    const again = [claim.attemptId, at + lease, workerId, claim.connectionId, claim.tokenVersion]
    const context = { dialect: driver.dialect, workerId, now: at, wishes: null }
    const settled = yield* undone(function* () {
      yield* run(CLAIM_AGAIN, [...again, at])
      return (yield* settleAll(context, [settlement]))[0]
    })
    if (settled !== 'released') yield* run(INSERT_ATTEMPT, entryOf(settlement, settled, workerId, at))
    return settled
  }
}

/** Does this work within the transaction and takes it back. */
function* undone<T>(work: () => Work<T>): Work<T> {
  yield* run('SAVEPOINT rehearsal', [])
  const answer = yield* work()
  yield* run('ROLLBACK TO SAVEPOINT rehearsal', [])
  yield* run('RELEASE SAVEPOINT rehearsal', [])
  return answer
}

/** Nothing was presented, stored or changed, so the entry names no credential, no new expiry, no strike and no transition. */
function entryOf(
  { claim, ending, runId, durationMs, traceId }: Settlement,
  settled: Settled,
  worker: string,
  at: number
): Value[] {
  const failure = ending.type === 'failure' || ending.type === 'spare' ? ending.decision.failure : null
  const outcome = settled === 'superseded' ? 'superseded' : failure ? 'failed' : 'success'
  return [
    claim.attemptId,
    claim.organizationId,
    claim.connectionId,
    runId,
    claim.provider,
    'test',
    outcome,
    failure?.class ?? null,
    failure?.code ?? null,
    failure?.description ?? null,
    failure?.status ?? null,
    0,
    null,
    false,
    Math.round(durationMs),
    claim.tokenExpiresAt,
    null,
    null,
    null,
    detailsColumn({ traceId }, null),
    worker,
    at,
  ]
}
