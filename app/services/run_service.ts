import type { DateTime } from 'luxon'
import type Run from '#models/run'
import type { ProviderRegistry } from '#oauth/registry'
import type { Clock } from '#oauth/types'
import { RunRecord } from '#services/run_record'
import type { RunResultEntry } from '#services/run_results'
import { RunWatch, type Sleep } from '#services/run_watch'
import { candidates, countCandidates, reachesInactive } from '#services/run_selection'
import type { Candidate, RunSelection } from '#services/run_selection'
import type { TokenRefreshService } from '#services/token_refresh_service'
import type { RefreshKind, RefreshOutcome } from '#token_refresh/types'

export interface RunOptions {
  job: string
  kind: RefreshKind
  trigger: Run['trigger']
  actor?: string | null
  selection: RunSelection
  /** Connections worked on at a time. */
  concurrency: number
  dryRun?: boolean
  /** The minute for which the schedule asked; the pair of job and minute runs once, whoever asks. */
  scheduledFor?: DateTime
  /** Hears the run's id as soon as it is entered, for callers that do not wait for the end. */
  onBegin?: (runId: string) => void
  /** The run, where whoever calls has entered it already. */
  record?: RunRecord
  onProgress?: (progress: RunProgress) => void
  /** What its job tells of the report beside the four counts. */
  summarize?: (report: RunReport, complete: boolean) => Record<string, unknown>
  /** Ends the run early: nothing new is begun, what is in flight is finished and saved. */
  signal?: AbortSignal
}

export interface RunProgress {
  total: number
  done: number
  refreshed: number
  failed: number
  skipped: number
}

export interface RunResult {
  connection_id: string
  provider: string
  username: string | null
  status: 'refreshed' | 'failed' | 'skipped' | 'would_refresh'
  reason: string
  old_expires_at: string | null
  new_expires_at: string | null
}

/** The report of a run, in the shape of `token:refresh --json` (SPEC §5.2). */
export interface RunReport {
  run_id: string | null
  kind: RefreshKind
  dry_run: boolean
  total: number
  refreshed: number
  failed: number
  skipped: number
  duration_ms: number
  results: RunResult[]
}

interface RunDependencies {
  providers: ProviderRegistry
  refresh: Pick<TokenRefreshService, 'refreshOne'>
  clock: Clock
  sleep: Sleep
  /** This process in the table of workers. */
  workerId?: string
}

/** A rate limit longer than this is not waited for within a run; the scheduler comes back to it. */
const LONGEST_WAIT = 5 * 60_000

/** Runs: one pass over many connections, with progress and a report. Every door that refreshes many uses this path. */
export class RunService {
  constructor(private readonly deps: RunDependencies) {}

  /**
   * Refreshes what the selection holds and is due. Returns null where the same scheduled run was begun before. A dry run
   * says what would be done and changes nothing, not even the list of runs.
   */
  async run(options: RunOptions): Promise<RunReport | null> {
    const { clock, providers } = this.deps
    const startedAt = clock.monotonic()
    const run = options.dryRun ? null : (options.record ?? (await this.#begin(options)))
    if (!run && !options.dryRun) return null
    if (run) options.onBegin?.(run.id)
    const report = emptyReport(run?.id ?? null, options)
    const watch = new RunWatch(run, clock, options.signal)
    try {
      report.total = await countCandidates(options.selection, providers, clock.now())
      await this.#work(options, report, watch, run)
    } catch (error) {
      await run?.fail(counts(report), error)
      throw error
    }
    report.total = report.results.length
    report.duration_ms = Math.round(clock.monotonic() - startedAt)
    const summary = options.summarize?.(report, watch.ending === 'finished')
    await run?.finish(counts(report), watch.ending, { summary })
    return report
  }

  #begin({ job, kind, trigger, actor, selection, scheduledFor }: RunOptions): Promise<RunRecord | null> {
    const { organizationId } = selection
    return RunRecord.begin({
      ...{ organizationId, job, kind, trigger, actor, scheduledFor, workerId: this.deps.workerId },
      selection: { ...selection },
    })
  }

  async #work(
    options: RunOptions,
    report: RunReport,
    watch: RunWatch,
    record: RunRecord | null
  ): Promise<void> {
    const iterator = candidates(options.selection, this.deps.providers, this.deps.clock.now())
    const worker = async () => {
      while (!watch.signal.aborted) {
        const { value: candidate, done } = await iterator.next()
        if (done) return
        const found = await this.#one(candidate, options, report.run_id, watch)
        add(report, found.result)
        record?.results.add(toEntry(found, candidate))
        options.onProgress?.({ ...report, done: report.results.length })
        await watch.save(() => counts(report))
      }
    }
    await Promise.all(Array.from({ length: options.concurrency }, worker))
  }

  async #one(
    candidate: Candidate,
    options: RunOptions,
    runId: string | null,
    watch: RunWatch
  ): Promise<Found> {
    const { connectionId, provider, username, expiresAt, skip } = candidate
    const base = {
      connection_id: connectionId,
      provider,
      username,
      old_expires_at: iso(expiresAt),
      new_expires_at: null,
    }
    if (skip) return { result: { ...base, status: 'skipped', reason: skip }, outcome: null }
    const due = options.selection.force ? 'forced' : 'due'
    if (options.dryRun) return { result: { ...base, status: 'would_refresh', reason: due }, outcome: null }
    const outcome = await this.#refresh(connectionId, options, runId, watch)
    // A rehearsal (M4) refreshes nothing, so it never says that it did.
    if (options.kind === 'test' && outcome.status === 'refreshed')
      return { result: { ...base, status: 'would_refresh', reason: 'rehearsed' }, outcome }
    const status = outcome.status === 'deferred' ? 'failed' : outcome.status
    const ending = { reason: outcome.reason, new_expires_at: iso(outcome.newExpiresAt) }
    return { result: { ...base, status, ...ending }, outcome }
  }

  /** Waits out a rate budget or a short rate limit; a provider that is paused for another reason is left to the scheduler. */
  async #refresh(
    connectionId: string,
    options: RunOptions,
    runId: string | null,
    watch: RunWatch
  ): Promise<RefreshOutcome> {
    const { refresh, sleep, clock } = this.deps
    const request = { kind: options.kind, force: reachesInactive(options.selection), runId }
    for (;;) {
      const outcome = await refresh.refreshOne(connectionId, request)
      if (outcome.status !== 'deferred' || outcome.retryAt === null || watch.signal.aborted) return outcome
      const mayWait = outcome.reason === 'provider_busy' || outcome.errorCode === 'rate_limited'
      const wait = outcome.retryAt - clock.now()
      if (!mayWait || wait > LONGEST_WAIT) return outcome
      await watch.wait(sleep, Math.max(wait, 10))
    }
  }
}

/** One account of a run: as its report has it, and what else the refresh told. */
interface Found {
  result: RunResult
  outcome: RefreshOutcome | null
}

function toEntry({ result, outcome }: Found, { isActive }: Candidate): RunResultEntry {
  const { connection_id: connectionId, provider, status, reason, old_expires_at: oldExpiry } = result
  return {
    ...{ connectionId, provider, status, reason },
    errorCode: outcome?.errorCode,
    oldExpiresAt: oldExpiry === null ? null : Date.parse(oldExpiry),
    newExpiresAt: status === 'refreshed' ? outcome?.newExpiresAt : null,
    // A gate says when it opens, also to those whom nobody comes back to.
    retryAt: isActive ? outcome?.retryAt : null,
  }
}

function emptyReport(runId: string | null, { kind, dryRun }: RunOptions): RunReport {
  const counters = { total: 0, refreshed: 0, failed: 0, skipped: 0, duration_ms: 0 }
  return { run_id: runId, kind, dry_run: dryRun === true, ...counters, results: [] }
}

function add(report: RunReport, result: RunResult): void {
  report.results.push(result)
  if (result.status !== 'would_refresh') report[result.status] += 1
}

function counts({ total, refreshed, failed, skipped }: RunReport) {
  return { total, refreshed, failed, skipped }
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString()
}
