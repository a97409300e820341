import type { ProviderRegistry } from '#oauth/registry'
import type { Clock } from '#oauth/types'
import { toInstant } from '#models/columns'
import { refreshSummary } from '#services/jobs/job_results'
import { findingsOf, storedResult } from '#services/jobs/stored_result'
import type {
  DeliveryJobResult,
  JobOutcome,
  JobRequest,
  JobResult,
  RunnableJob,
} from '#services/jobs/job_types'
import type { RunRecord } from '#services/run_record'
import { RunWatch } from '#services/run_watch'
import type { RunSelection } from '#services/run_selection'
import type { Pruned, Retention } from '#services/refresh_log/retention'
import type { RunReport, RunService } from '#services/run_service'
import type { VerificationRuns } from '#services/verification/verification_runs'
import type { VerificationSelection } from '#services/verification/verification_selection'
import type { RefreshKind } from '#token_refresh/types'

export interface JobWorkerDependencies {
  runs: Pick<RunService, 'run'>
  retention: Pick<Retention, 'prune'>
  verificationRuns: Pick<VerificationRuns, 'verifyAll'>
  providers: Pick<ProviderRegistry, 'all'>
  /** Decides who hears of what has happened and sends what is due; resolves with the number of messages. */
  deliver: () => Promise<number>
  clock: Clock
}

const DAY = 24 * 60 * 60_000

/** Whose work is under way: the entered run, and what its caller wants to hear. */
export interface Assignment extends Pick<JobRequest, 'organizationId' | 'trigger' | 'onProgress'> {
  record: RunRecord
  signal: AbortSignal
}

/** The work of jobs, each kind through the service that a command or a button uses for it. */
export class JobWorker {
  constructor(private readonly deps: JobWorkerDependencies) {}

  /** Does the work of an entered run to its end. Rejects on bugs only; the run is marked as failed then. */
  async work(job: RunnableJob, assignment: Assignment): Promise<JobOutcome> {
    const { work } = job
    if (work.type === 'verify') return this.#verify(job, work, assignment)
    if (work.type === 'prune')
      return this.#wholly(assignment, (signal) => this.deps.retention.prune({ signal }))
    if (work.type === 'deliver')
      return this.#wholly(assignment, async () => ({ sent: await this.deps.deliver() }))
    return this.#refresh(job, work, assignment)
  }

  async #refresh(
    job: RunnableJob,
    work: Extract<RunnableJob['work'], { type: 'refresh' | 'cycle' }>,
    { organizationId, trigger, onProgress, record, signal }: Assignment
  ): Promise<JobOutcome> {
    await this.deps.runs.run({
      ...{ job: job.name, kind: kindOf(job, trigger), trigger, record, signal },
      selection: this.#selection(organizationId, work),
      concurrency: work.concurrency,
      onProgress: ({ done, total }) => onProgress?.(done, total),
      summarize: (made: RunReport, complete) => refreshSummary(made, complete),
    })
    return outcome(record, await storedResult(record))
  }

  #selection(
    organizationId: string,
    work: Extract<RunnableJob['work'], { type: 'refresh' | 'cycle' }>
  ): RunSelection {
    if (work.type === 'cycle') return { organizationId, provider: work.provider }
    if (work.due === 'expired') return { organizationId, expired: true }
    const dueWithin = work.due.within
    const until = this.deps.clock.now() + dueWithin
    // What expires later is no part of the job, and is not told as skipped.
    const narrow: RunSelection['narrow'] = {
      words: {},
      apply: (query) => void query.where('token_expires_at', '<=', toInstant(until) as number),
    }
    return { organizationId, dueWithin, capped: true, narrow }
  }

  async #verify(
    job: RunnableJob,
    { which, concurrency, spacing }: Extract<RunnableJob['work'], { type: 'verify' }>,
    { organizationId, trigger, onProgress, record, signal }: Assignment
  ): Promise<JobOutcome> {
    const selection: VerificationSelection = { organizationId }
    if (which === 'not_refreshed') selection.notRefreshedSince = this.deps.clock.now() - DAY
    if (which === 'in_use') selection.inUse = this.#demanding()
    const { stats } = await this.deps.verificationRuns.verifyAll({
      ...{ job: job.name, selection, trigger, record, signal, pace: { concurrency, spacing } },
      onProgress: ({ total, of }) => onProgress?.(total, of),
    })
    return outcome(record, { stats })
  }

  /** The providers that want tokens in use to be tested regularly. */
  #demanding(): VerificationSelection['inUse'] {
    const demanding = this.deps.providers
      .all()
      .filter(({ validationInterval }) => validationInterval !== null)
    const providers = demanding.map(({ id, refresh }) => ({
      provider: id,
      windowed: refresh.keepAlive === 'while_authorized',
    }))
    return { at: this.deps.clock.now(), providers }
  }

  /** Works for the whole installation: what another organization's run has done is done. */
  async #wholly(
    { record, signal }: Assignment,
    work: (signal: AbortSignal) => Promise<Pruned | DeliveryJobResult>
  ): Promise<JobOutcome> {
    const none = { total: 0, refreshed: 0, failed: 0, skipped: 0 }
    const watch = new RunWatch(record, this.deps.clock, signal)
    try {
      const result = await work(watch.signal)
      await record.finish(none, watch.ending, { summary: { ...result } })
      return outcome(record, result)
    } catch (error) {
      await record.fail(none, error)
      throw error
    }
  }
}

/** The kind under which the refreshes of a job stand in the log. */
export function kindOf({ work }: RunnableJob, trigger: JobRequest['trigger']): RefreshKind {
  if (work.type === 'verify') return 'health_check'
  return trigger === 'schedule' ? 'scheduled' : 'manual'
}

/** What a run keeps of what its job selects. */
export function selectionOf({ work }: RunnableJob): Record<string, unknown> {
  if (work.type === 'cycle') return { provider: work.provider }
  if (work.type !== 'refresh') return {}
  return work.due === 'expired' ? { expired: true } : { dueWithin: work.due.within }
}

function outcome(record: RunRecord, result: JobResult | null): JobOutcome {
  const { id, state, error } = record
  return { runId: id, state, result, findings: findingsOf(result), error }
}
