import type Run from '#models/run'
import { barParts, runCounts, type BarPart } from '#transformers/run_row'

/** A run in a line of the overview. Instants are milliseconds. */
export interface OverviewRun {
  id: string
  job: string
  state: Run['state']
  at: number
  counts: ReturnType<typeof runCounts>
  bar: BarPart[]
}

/** What the overview tells of a run. */
export function overviewRun(run: Run): OverviewRun {
  const { id, job, state } = run
  const counts = runCounts(run)
  const at = (run.startedAt ?? run.createdAt).toMillis()
  return {
    id,
    job,
    state,
    at,
    counts: { ...counts, total: Math.max(counts.total, counts.done) },
    bar: barParts(run),
  }
}
