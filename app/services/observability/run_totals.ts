import type { Row } from '#store/driver'

/** What the runs of one job came to since this process began to look. */
export interface RunTotal {
  job: string
  runs: number
  durationMs: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** A run may be saved some moments after the end that it names. */
const SETTLED_AFTER = MINUTE
/** No run waits and works for longer. */
const LONGEST_RUN = DAY
/** Each job that has a schedule runs at least this often. */
const FIRST_LOOK = 7 * DAY

/**
 * Counters of one process over the runs of the whole installation. The table of runs shrinks with age, and a counter that
 * falls is read as one that began anew, so each look adds what has ended since the one before. The first look adds
 * nothing, but makes known the jobs that have run lately: Prometheus sees a rise only from a number that it saw before.
 */
export class RunTotals {
  readonly #totals = new Map<string, RunTotal>()
  readonly #counted = new Map<string, number>()
  #lookedAt: number | null = null

  /** Values of `READ_ENDED_RUNS`, in milliseconds: entered after, ended after. */
  since(now: number): [number, number] {
    const ended = this.#lookedAt === null ? now - FIRST_LOOK : this.#lookedAt - SETTLED_AFTER
    return [ended - LONGEST_RUN, ended]
  }

  /** Adds the rows that are not yet counted, and tells the totals. `now` is that of `since`. */
  add(rows: readonly Row[], now: number): RunTotal[] {
    for (const row of rows) if (!this.#counted.has(row.id as string)) this.#add(row)
    this.#lookedAt = Math.max(now, this.#lookedAt ?? now)
    const [, readAgain] = this.since(now)
    for (const [id, endedAt] of this.#counted) if (endedAt < readAgain) this.#counted.delete(id)
    return [...this.#totals.values()]
  }

  #add({ id, job: name, started_at: startedAt, finished_at: finishedAt }: Row): void {
    const [job, endedAt] = [name as string, Number(finishedAt)]
    this.#counted.set(id as string, endedAt)
    const { runs, durationMs } = this.#totals.get(job) ?? { runs: 0, durationMs: 0 }
    const isNew = this.#lookedAt !== null
    this.#totals.set(job, {
      job,
      runs: runs + (isNew ? 1 : 0),
      durationMs: durationMs + (isNew ? Math.max(0, endedAt - Number(startedAt)) : 0),
    })
  }
}
