import logger from '@adonisjs/core/services/logger'
import { DateTime } from 'luxon'
import Run from '#models/run'
import { RunResults } from '#services/run_results'
import type { RefreshKind } from '#token_refresh/types'

/** What is known of a run before it does anything. */
export interface RunHeading {
  organizationId: string
  job: string
  kind: RefreshKind
  trigger: Run['trigger']
  actor?: string | null
  selection: Record<string, unknown>
  /** The minute for which the schedule asked; the pair of job and minute runs once, whoever asks. */
  scheduledFor?: DateTime
  /** The process that runs it: what it leaves behind when it dies is found by this. */
  workerId?: string
  /** Only one run with this key is under way at a time. */
  runningKey?: string
}

export type RunCounts = Pick<Run, 'total' | 'refreshed' | 'failed' | 'skipped'>

/** The lasting trace of a run: who asked for it, how far it is, how it ended. */
export class RunRecord {
  /** What it does to each account; saved with its progress and its end. */
  readonly results: RunResults

  private constructor(private readonly run: Run) {
    this.results = new RunResults(run.id)
  }

  /**
   * Enters a run that begins now; null where the same scheduled run was begun before, here or elsewhere, or where one
   * with the same running key is under way.
   */
  static async begin(heading: RunHeading): Promise<RunRecord | null> {
    const { scheduledFor, actor = null, workerId = null, runningKey = null, ...values } = heading
    const begun = {
      ...values,
      actor,
      workerId,
      runningKey,
      state: 'running' as const,
      startedAt: DateTime.utc(),
    }
    if (!scheduledFor && !runningKey) return new RunRecord(await Run.create(begun))
    const run = await onceOnly(() => Run.create({ ...begun, scheduledFor: scheduledFor ?? null }))
    return run && new RunRecord(run)
  }

  /**
   * Takes up a run that a process gave back; null where another one was faster, somebody wants it to end, or a run with
   * the same key is under way.
   */
  static async takeUp(id: string, workerId: string, runningKey: string): Promise<RunRecord | null> {
    const waiting = Run.query().where('id', id).where('state', 'queued').whereNull('cancel_requested_at')
    const values = { state: 'running', worker_id: workerId, running_key: runningKey }
    const taken = await onceOnly(async () => Number(await waiting.update(values)))
    return taken ? new RunRecord(await Run.findOrFail(id)) : null
  }

  get id(): string {
    return this.run.id
  }

  get state(): Run['state'] {
    return this.run.state
  }

  get error(): string | null {
    return this.run.error
  }

  get summary(): Run['summary'] {
    return this.run.summary
  }

  /** Saves how far the run is, so that its page moves while it works. True where somebody wants it to end. */
  async progress(counts: RunCounts): Promise<boolean> {
    await this.results.flush()
    await this.run.merge({ ...counts, retrying: this.results.retrying }).save()
    const asked = Run.query().where('id', this.run.id).whereNotNull('cancel_requested_at')
    return (await asked.select('id').first()) !== null
  }

  /** Ends a run that broke off. The log gets the error; pages, programs and the command line where to find it. */
  async fail(counts: RunCounts, error: unknown): Promise<void> {
    logger.error({ err: error, run: this.id }, 'A run broke off')
    await this.finish(counts, 'failed', { error: brokeOff(error, this.id) })
  }

  /**
   * Ends the run. `summary` holds what its job tells beside the four counts. A run that ends as `queued` is given back:
   * whoever comes next takes it up.
   */
  async finish(
    counts: RunCounts,
    state: Run['state'],
    { error = null, summary = null }: { error?: string | null; summary?: Record<string, unknown> | null } = {}
  ): Promise<void> {
    const isOver = state !== 'queued'
    const finishedAt = isOver ? DateTime.utc() : null
    const workerId = isOver ? this.run.workerId : null
    await this.results.flush()
    const { retrying } = this.results
    const ending = { state, error, summary, finishedAt, workerId, runningKey: null }
    await this.run.merge({ ...counts, retrying, ...ending }).save()
  }
}

/**
 * Why a run broke off, for whoever may see the run: the kind of error and where its details are, never its words, which
 * may quote what it worked with.
 */
export function brokeOff(error: unknown, runId: string): string {
  const code = (error as { code?: unknown } | null | undefined)?.code
  const name = error instanceof Error ? error.constructor.name : typeof error
  const kind = typeof code === 'string' && /^\w{1,64}$/.test(code) ? `${name}, ${code}` : name
  return `The run broke off (${kind}). The log has the details under run ${runId}.`
}

/** A unique index decides between processes; null where another one was first. */
async function onceOnly<T>(write: () => Promise<T>): Promise<T | null> {
  try {
    return await write()
  } catch (error) {
    const code = String((error as { code?: string }).code)
    if (code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE') return null
    throw error
  }
}
