import type { Clock } from '#oauth/types'
import type { RunCounts, RunRecord } from '#services/run_record'

/** The reason of a signal that ends a run because the process is told to stop: the run is given back, not cancelled. */
export const GIVE_BACK = Symbol('give back')

export type Sleep = (
  milliseconds: number,
  value?: undefined,
  options?: { signal?: AbortSignal }
) => Promise<void>

const SAVE_EVERY = 1_000

/**
 * Keeps the row of a run beside its work: saves now and then how far it is, and hears there whether somebody, in whatever
 * process, wants it to end. `signal` is aborted then, and when the caller's own signal is.
 */
export class RunWatch {
  readonly signal: AbortSignal
  readonly #cancelled = new AbortController()
  #savedAt: number

  constructor(
    private readonly record: RunRecord | null,
    private readonly clock: Pick<Clock, 'monotonic'>,
    outer?: AbortSignal
  ) {
    this.signal = AbortSignal.any([this.#cancelled.signal, ...(outer ? [outer] : [])])
    this.#savedAt = clock.monotonic()
  }

  /** Saves the counts, at most once a second. */
  async save(counts: () => RunCounts): Promise<void> {
    if (!this.record || this.clock.monotonic() - this.#savedAt < SAVE_EVERY) return
    this.#savedAt = this.clock.monotonic()
    if (await this.record.progress(counts())) this.#cancelled.abort()
  }

  /** Waits, at most until the run should end. */
  async wait(sleep: Sleep, milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.signal }).catch((error: unknown) => {
      if (!this.signal.aborted) throw error
    })
  }

  /** The state in which a run ends that met no trouble. */
  get ending(): 'finished' | 'cancelled' | 'queued' {
    if (!this.signal.aborted) return 'finished'
    return this.signal.reason === GIVE_BACK ? 'queued' : 'cancelled'
  }
}
