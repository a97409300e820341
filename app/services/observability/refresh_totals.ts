import { BUCKET_COLUMNS } from '#services/figures/histogram'
import type { Row } from '#store/driver'

/** What all refreshes of one kind came to since the installation began to count. */
export interface RefreshTotal {
  provider: string
  outcome: string
  reason: string
  attempts: number
  durationMs: number
  buckets: number[]
}

/** Reads a row of `READ_TOTALS`; PostgreSQL gives sums as text. `label` says under which name a provider is told. */
export function toTotal(row: Row, label: (provider: string) => string): RefreshTotal {
  return {
    provider: label(row.provider as string),
    outcome: row.outcome as string,
    reason: row.reason as string,
    attempts: Number(row.attempts),
    durationMs: Number(row.duration_ms),
    buckets: BUCKET_COLUMNS.map((name) => Number(row[name])),
  }
}

/**
 * Counters of one process. A connection that is deleted takes the young end of its log along, and a counter that falls
 * is read as one that began anew: everything would count twice. So each stays where it once was.
 */
export class RisingTotals {
  readonly #highest = new Map<string, RefreshTotal>()

  /** The totals with those of one name added up, none below what was told before. */
  raise(totals: readonly RefreshTotal[]): RefreshTotal[] {
    for (const [key, group] of Map.groupBy(totals, keyOf)) {
      const sum = group.reduce((one, other) => merge(one, other, (a, b) => a + b))
      const known = this.#highest.get(key)
      this.#highest.set(key, known ? merge(known, sum, Math.max) : sum)
    }
    return [...this.#highest.values()]
  }
}

const keyOf = ({ provider, outcome, reason }: RefreshTotal) => `${provider} ${outcome} ${reason}`

function merge(
  one: RefreshTotal,
  other: RefreshTotal,
  choose: (a: number, b: number) => number
): RefreshTotal {
  return {
    ...one,
    attempts: choose(one.attempts, other.attempts),
    durationMs: choose(one.durationMs, other.durationMs),
    buckets: one.buckets.map((count, index) => choose(count, other.buckets[index])),
  }
}
