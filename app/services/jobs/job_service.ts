import Run from '#models/run'
import { toInstant } from '#models/columns'
import type { Clock } from '#oauth/types'
import { awaitRun } from '#services/jobs/await_run'
import { enterRun, runningKey, runsInTheWay } from '#services/jobs/enter_run'
import { jobSentence } from '#services/jobs/job_results'
import { jobOverview } from '#services/jobs/job_overview'
import { pauseJob, resumeJob } from '#services/jobs/job_states'
import { isRunnable, type JobTable } from '#services/jobs/job_table'
import type { Done, JobOutcome, JobRequest, JobSummary, RunnableJob, Started } from '#services/jobs/job_types'
import type { Assignment, JobWorker } from '#services/jobs/job_worker'
import * as refusals from '#services/jobs/refusals'
import type { RefreshReport } from '#services/refresh_report'
import { findRun } from '#services/run_pages'
import { brokeOff, RunRecord } from '#services/run_record'
import { GIVE_BACK, type Sleep } from '#services/run_watch'

export interface JobDependencies {
  table: JobTable
  worker: Pick<JobWorker, 'work'>
  workerId: string
  /** Tells other processes that this one lives, which they rely on while it runs something. */
  beat: () => Promise<unknown>
  report: Pick<RefreshReport, 'jobEnded' | 'trouble'>
  clock: Clock
  sleep: Sleep
}

/** How often a busy process says that it lives, in milliseconds. */
const BEAT = 30_000
const MOST_TAKEN_UP = 50

/**
 * Jobs and their runs. Schedule, command, API and page all come in by `start`; one run of a job is under way at a time
 * in an organization, and each time of its schedule is run once, however many processes there are.
 */
export class JobService {
  readonly #underWay = new Map<string, { controller: AbortController; ended: Promise<JobOutcome> }>()
  /** Starts that are not through: the end of the process waits for them, too. */
  readonly #beginning = new Set<Promise<unknown>>()
  #stopping = false
  #beating: NodeJS.Timeout | null = null

  constructor(private readonly deps: JobDependencies) {}

  /** All jobs with their last and next run. */
  list(organizationId: string): Promise<JobSummary[]> {
    return jobOverview(organizationId, this.deps.table.of(organizationId), this.deps.clock.now())
  }

  /** The names of the jobs that have runs. */
  names(organizationId: string): string[] {
    return this.deps.table
      .of(organizationId)
      .filter(isRunnable)
      .map(({ name }) => name)
  }

  /**
   * Begins a run and returns at once. Where the job is under way already, that run is joined: a second one would find
   * its accounts refreshed. A scheduled time does not join: it waits for its own turn (`busy`).
   */
  start(name: string, request: JobRequest): Promise<Started> {
    return this.#begin(this.#start(name, request))
  }

  /** As `start`, and waits for the end of the run. */
  async run(name: string, request: JobRequest): Promise<JobOutcome | Extract<Started, { ok: false }>> {
    const started = await this.start(name, request)
    return started.ok ? started.ended() : started
  }

  /** Goes on with runs that a process gave back when it was told to stop; returns how many. */
  takeUp(): Promise<number> {
    return this.#begin(this.#takeUpAll())
  }

  async #takeUpAll(): Promise<number> {
    const unwanted = Run.query().where('state', 'queued').whereNotNull('cancel_requested_at')
    await unwanted.update({ state: 'cancelled', finished_at: toInstant(this.deps.clock.now()) })
    const waiting = await Run.query().where('state', 'queued').orderBy('created_at').limit(MOST_TAKEN_UP)
    let taken = 0
    for (const run of waiting) if (!this.#stopping && (await this.#takeUp(run))) taken += 1
    return taken
  }

  /** From now on the schedule leaves this job alone. By hand it can still be run. `by`: the person, for people. */
  async pause(organizationId: string, name: string, by: string): Promise<Done> {
    const refused = this.#refusal(organizationId, name)
    if (!refused) await pauseJob(organizationId, name, by, this.deps.clock.now())
    return refused ?? { ok: true }
  }

  /** The schedule counts again from now on: what fell into the pause stays undone. */
  async resume(organizationId: string, name: string): Promise<Done> {
    const refused = this.#refusal(organizationId, name)
    if (!refused) await resumeJob(organizationId, name, this.deps.clock.now())
    return refused ?? { ok: true }
  }

  /**
   * Ends a run early, in whatever process it is: what is in flight there is finished and saved, then it counts as
   * cancelled. Asking again changes nothing.
   */
  async cancel(organizationId: string, runId: string): Promise<Done> {
    const run = await findRun(organizationId, runId)
    if (!run) return refusals.NO_SUCH_RUN
    if (run.state !== 'queued' && run.state !== 'running') return refusals.OVER
    const open = () => Run.query().where('id', run.id).whereIn('state', ['queued', 'running'])
    const at = toInstant(this.deps.clock.now())
    await open().whereNull('cancel_requested_at').update({ cancel_requested_at: at })
    await open().where('state', 'queued').update({ state: 'cancelled', finished_at: at })
    this.#underWay.get(run.id)?.controller.abort()
    return { ok: true }
  }

  /** Waits for the runs of this process that are under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#beginning)
    await Promise.all([...this.#underWay.values()].map(({ ended }) => ended))
  }

  /** Begins nothing more, lets what is in flight finish, and gives back what is not done: the next start goes on. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const { controller } of this.#underWay.values()) controller.abort(GIVE_BACK)
    await this.idle()
  }

  async #start(name: string, request: JobRequest): Promise<Started> {
    const { organizationId } = request
    const job = this.deps.table.find(organizationId, name)
    if (!job) return refusals.unknownJob(name, this.names(organizationId))
    if (!isRunnable(job)) return refusals.notRunnable(job.title)
    for (;;) {
      if (this.#stopping) return refusals.STOPPING
      const record = await enterRun(job, request, this.deps.workerId)
      if (record) {
        const ended = this.#launch(job, record, request)
        return { ok: true, runId: record.id, joined: false, ended: () => ended }
      }
      const refused = await this.#whyNot(job, request)
      if (refused) return refused
    }
  }

  #begin<T>(beginning: Promise<T>): Promise<T> {
    this.#beginning.add(beginning)
    const forget = () => void this.#beginning.delete(beginning)
    beginning.then(forget, forget)
    return beginning
  }

  #refusal(organizationId: string, name: string): Extract<Done, { ok: false }> | null {
    const job = this.deps.table.find(organizationId, name)
    if (!job) return refusals.noSuchJob(name)
    return isRunnable(job) ? null : refusals.cannotPause(job.title)
  }

  /** Which of the two unique rules kept a run from being entered; null where the reason has gone meanwhile. */
  async #whyNot(job: RunnableJob, request: JobRequest): Promise<Started | null> {
    const { same, other } = await runsInTheWay(job, request)
    if (same) return refusals.BEGUN_BEFORE
    if (!other) return null
    if (request.scheduledFor !== undefined) return refusals.BUSY
    const here = this.#underWay.get(other.id)
    const ended = () => here?.ended ?? awaitRun(other.id, this.deps.sleep, () => this.#stopping)
    return { ok: true, runId: other.id, joined: true, ended }
  }

  #launch(
    job: RunnableJob,
    record: RunRecord,
    request: Omit<JobRequest, 'scheduledFor'>
  ): Promise<JobOutcome> {
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, ...(request.signal ? [request.signal] : [])])
    const ended = this.#work(job, { ...request, record, signal }).finally(() => {
      this.#underWay.delete(record.id)
      this.#keepBeating()
    })
    this.#underWay.set(record.id, { controller, ended })
    if (this.#stopping) controller.abort(GIVE_BACK)
    this.#keepBeating()
    return ended
  }

  /** A bug becomes part of the outcome: the run is marked as failed, and nobody may be waiting for it. */
  async #work(job: RunnableJob, assignment: Assignment): Promise<JobOutcome> {
    try {
      const outcome = await this.deps.worker.work(job, assignment)
      const found = outcome.result && jobSentence(outcome.result)
      this.deps.report.jobEnded(job.name, assignment.trigger, found, assignment.record.id)
      return outcome
    } catch (error) {
      this.deps.report.trouble(error)
      const runId = assignment.record.id
      return { runId, state: 'failed', result: null, findings: 0, error: brokeOff(error, runId) }
    }
  }

  async #takeUp({ id, organizationId, job: name, trigger }: Run): Promise<boolean> {
    if (organizationId === null) return false
    const job = this.deps.table.find(organizationId, name)
    if (!job || !isRunnable(job)) return false
    const record = await RunRecord.takeUp(id, this.deps.workerId, runningKey(organizationId, name))
    if (record) void this.#launch(job, record, { organizationId, trigger })
    return record !== null
  }

  /** While something runs here, others must see that this process lives: else they take the run for abandoned. */
  #keepBeating(): void {
    if (this.#underWay.size === 0) {
      clearInterval(this.#beating ?? undefined)
      this.#beating = null
      return
    }
    this.#beating ??= setInterval(() => void this.deps.beat().catch(() => {}), BEAT).unref()
  }
}
