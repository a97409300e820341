import type Run from '#models/run'
import type { Pruned } from '#services/refresh_log/retention'
import type { VerificationStats } from '#services/verification/verification_runs'

/** What a job does. */
export type JobWork =
  /** Refreshes what expires within so many milliseconds, or what has expired; so many at a time. */
  | { type: 'refresh'; due: { within: number } | 'expired'; concurrency: number }
  /** Refreshes what of one provider is within its margin. */
  | { type: 'cycle'; provider: string; concurrency: number }
  /**
   * Tests accounts at their provider: all, those without a refresh in the last day, or those in use at providers that
   * demand regular tests. `spacing`: milliseconds.
   */
  | { type: 'verify'; which: 'all' | 'not_refreshed' | 'in_use'; concurrency: number; spacing: number }
  /** Deletes what has been kept long enough. */
  | { type: 'prune' }
  /** Brings people the messages that are due. */
  | { type: 'deliver' }
  /** Work of the process itself, every so many milliseconds; it has no runs. */
  | { type: 'tick'; every: number }

/** One line of the table of jobs. */
export interface Job {
  /** Its name in commands, addresses and runs. */
  name: string
  title: string
  description: string
  /** Cron expressions of five fields; none: only by hand. */
  schedule: readonly string[]
  timeZone: string
  work: JobWork
}

/** A job that works in runs. */
export type RunnableJob = Job & { work: Exclude<JobWork, { type: 'tick' }> }

/** X1 and X2, and the cycles of providers. */
export interface RefreshJobResult {
  /** The job ran to its end; what it could not refresh is told by `failed`. */
  success: boolean
  message: string
  refreshed: number
  failed: number
  skipped: number
  results: { account_id: string; username: string | null; status: 'success' | 'failed' | 'skipped' }[]
}

/** X3. */
export interface VerifyJobResult {
  stats: VerificationStats
}

/** Messages that were taken up. */
export interface DeliveryJobResult {
  sent: number
}

/** The job's own JSON. */
export type JobResult = RefreshJobResult | VerifyJobResult | DeliveryJobResult | Pruned

export interface JobRequest {
  organizationId: string
  trigger: Run['trigger']
  actor?: string | null
  /** The time of the schedule in milliseconds; each is run once, whoever asks. */
  scheduledFor?: number
  /** Ends the run early: nothing new is begun, what is in flight is finished and saved. */
  signal?: AbortSignal
  onProgress?: (done: number, total: number) => void
}

/** How a run ended. `findings` counts refreshes that failed and accounts that are unusable. */
export interface JobOutcome {
  runId: string
  state: Run['state']
  result: JobResult | null
  findings: number
  error: string | null
}

export type Started =
  | {
      ok: true
      runId: string
      /** The job was under way already in this organization: this is that run. */
      joined: boolean
      /** Waits for the end of the run. */
      ended: () => Promise<JobOutcome>
    }
  | { ok: false; reason: StartRefusal; message: string }

/** `begun_before`: this time of the schedule was run already. `busy`: an earlier run of the job is still under way. */
export type StartRefusal = 'unknown_job' | 'not_runnable' | 'stopping' | 'begun_before' | 'busy'

export type Done =
  { ok: true } | { ok: false; reason: 'not_found' | 'not_runnable' | 'over'; message: string }

/** A job as a person sees it. Instants are milliseconds. */
export interface JobSummary {
  name: string
  title: string
  description: string
  /** The provider whose cycle it is; null for other jobs. */
  provider: string | null
  kind: 'run' | 'tick'
  /** Whether it can be paused and run by hand. */
  controllable: boolean
  schedule: readonly string[]
  timeZone: string
  /** Milliseconds between ticks. */
  every: number | null
  pausedAt: number | null
  pausedBy: string | null
  nextAt: number | null
  lastRun: Run | null
  runningId: string | null
}
