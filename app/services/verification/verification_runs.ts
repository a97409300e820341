import type { Clock } from '#oauth/types'
import type Run from '#models/run'
import { RunRecord } from '#services/run_record'
import { RunWatch, type Sleep } from '#services/run_watch'
import {
  passed,
  VERIFICATION_STATES,
  type Verification,
  type VerificationState,
  type VerifyOptions,
} from '#services/verification/verification'
import type {
  VerificationSelection,
  VerificationSelector,
} from '#services/verification/verification_selection'
import type { VerificationService } from '#services/verification/verification_service'

/** How gently many connections are verified: so many at a time, so long between the groups. */
export interface VerificationPace {
  concurrency: number
  /** Milliseconds. */
  spacing: number
}

/** The figures of X3: the five states add up to `total`, `connection_passed` is `valid` and `expired_refreshed`. */
export type VerificationStats = Record<VerificationState | 'total' | 'connection_passed', number>

export interface VerificationReport {
  run_id: string | null
  stats: VerificationStats
  duration_ms: number
  results: VerificationResult[]
}

export interface VerificationResult {
  connection_id: string
  provider: string | null
  username: string | null
  state: VerificationState
  reason: string
  error_code: string | null
  instruction: string | null
  retry_at: string | null
}

export interface VerifyAllOptions {
  selection: VerificationSelection
  trigger: Run['trigger']
  job?: string
  actor?: string | null
  pace?: VerificationPace
  /** The run, where whoever calls has entered it already. */
  record?: RunRecord
  onProgress?: (progress: VerificationStats & { of: number }) => void
  /** Ends the run early: nothing new is begun, what is in flight is finished and saved. */
  signal?: AbortSignal
}

export interface VerificationRunDependencies {
  verification: Pick<VerificationService, 'verify'>
  selector: Pick<VerificationSelector, 'ids' | 'count'>
  pace: VerificationPace
  clock: Clock
  sleep: Sleep
  /** This process in the table of workers. */
  workerId?: string
}

/** A rate limit longer than this is not waited for within a run. */
const LONGEST_WAIT = 5 * 60_000

/** Verifies every account of a selection (X3): thoroughly, gently, with a page of its own and figures that add up. */
export class VerificationRuns {
  constructor(private readonly deps: VerificationRunDependencies) {}

  /**
   * Tests, refreshes what is expired or refused, detects suspensions and synchronises profiles. Paused and disconnected
   * connections are not part of it, suspended ones are: that is how they come back.
   */
  async verifyAll(options: VerifyAllOptions): Promise<VerificationReport> {
    const run = options.record ?? (await this.#begin(options))
    const startedAt = this.deps.clock.monotonic()
    const report: VerificationReport = {
      run_id: run?.id ?? null,
      stats: noStats(),
      duration_ms: 0,
      results: [],
    }
    const watch = new RunWatch(run, this.deps.clock, options.signal)
    try {
      await this.#work(options, report, watch, run)
    } catch (error) {
      await run?.fail(counts(report.stats), error)
      throw error
    }
    report.duration_ms = Math.round(this.deps.clock.monotonic() - startedAt)
    await run?.finish(counts(report.stats), watch.ending, { summary: { stats: report.stats } })
    return report
  }

  #begin({ selection, trigger, job = 'token:verify', actor }: VerifyAllOptions): Promise<RunRecord | null> {
    const { organizationId } = selection
    const { workerId } = this.deps
    const kind = 'health_check' as const
    return RunRecord.begin({
      ...{ organizationId, job, kind, trigger, actor, workerId },
      selection: { ...selection },
    })
  }

  async #work(
    { selection, pace, onProgress }: VerifyAllOptions,
    report: VerificationReport,
    watch: RunWatch,
    run: RunRecord | null
  ): Promise<void> {
    const { selector, sleep } = this.deps
    const { concurrency, spacing } = pace ?? this.deps.pace
    const of = await selector.count(selection)
    for await (const [place, group] of inGroups(selector.ids(selection), concurrency)) {
      if (place > 0 && !watch.signal.aborted) await watch.wait(sleep, spacing)
      if (watch.signal.aborted) return
      const found = await Promise.all(group.map((id) => this.#one(id, report.run_id, watch)))
      for (const verification of found) {
        add(report, verification)
        keep(run, verification)
      }
      onProgress?.({ ...report.stats, of })
      await watch.save(() => ({ ...counts(report.stats), total: of }))
    }
  }

  /** A rate limit that ends soon is waited for, once; other pauses of a provider are left to the next run. */
  async #one(connectionId: string, runId: string | null, watch: RunWatch): Promise<Verification> {
    const { verification, clock, sleep } = this.deps
    const thoroughly: VerifyOptions = { autoRefresh: true, profile: true, revive: true, runId }
    const found = await verification.verify(connectionId, thoroughly)
    const limited = found.reason === 'rate_limited' || found.errorCode === 'rate_limited'
    const wait = (found.retryAt ?? Number.POSITIVE_INFINITY) - clock.now()
    if (found.state !== 'untested' || !limited || wait > LONGEST_WAIT) return found
    await watch.wait(sleep, Math.max(wait, 10))
    if (watch.signal.aborted) return found
    return verification.verify(connectionId, thoroughly)
  }
}

async function* inGroups(ids: AsyncIterable<string>, size: number): AsyncGenerator<[number, string[]]> {
  let place = 0
  let group: string[] = []
  for await (const id of ids) {
    group.push(id)
    if (group.length < size) continue
    yield [place++, group]
    group = []
  }
  if (group.length > 0) yield [place, group]
}

function noStats(): VerificationStats {
  const states = VERIFICATION_STATES.map((state) => [state, 0])
  return { total: 0, ...Object.fromEntries(states), connection_passed: 0 }
}

function add({ stats, results }: VerificationReport, verification: Verification): void {
  stats.total += 1
  stats[verification.state] += 1
  if (passed(verification)) stats.connection_passed += 1
  results.push(toResult(verification))
}

/** The verdict stands in the run; of a connection that does not exist there is none. */
function keep(run: RunRecord | null, verification: Verification): void {
  const { connectionId, provider, state, reason, errorCode, retryAt, expiresAt } = verification
  if (provider === null) return
  const verdict = { connectionId, provider, status: state, reason, errorCode, retryAt }
  run?.results.add({ ...verdict, newExpiresAt: expiresAt })
}

/** A verification in the words of JSON. */
export function toResult(verification: Verification): VerificationResult {
  const { connectionId, provider, username, state, reason, errorCode, instruction, retryAt } = verification
  return {
    connection_id: connectionId,
    provider,
    username,
    state,
    reason,
    error_code: errorCode,
    instruction,
    retry_at: retryAt === null ? null : new Date(retryAt).toISOString(),
  }
}

/** The figures in the columns that every run has. */
function counts({
  total,
  expired_refreshed: refreshed,
  invalid,
  suspended,
  valid,
  untested,
}: VerificationStats) {
  return { total, refreshed, failed: invalid + suspended, skipped: valid + untested }
}
