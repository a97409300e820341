import type Run from '#models/run'
import { runRow } from '#transformers/run_row'

const WIDTH = 30

/** One past run in the strip of a job: bars from left to right, the newest last; a taller bar did not end well. */
export interface StripBar {
  state: Run['state']
  x: number
  height: number
}

const HEIGHTS: Record<Run['state'], number> = {
  queued: 4,
  running: 4,
  finished: 8,
  cancelled: 11,
  failed: 16,
}

/** The last runs of a job, newest first, as a small strip with the same in words. */
export function scheduleStrip(runs: Run[]) {
  const shown = runs.slice(0, WIDTH)
  const bars = shown.map(({ state }, index) => ({
    state,
    x: (WIDTH - 1 - index) * 5,
    height: HEIGHTS[state],
  }))
  return { bars, words: stripWords(shown), last: shown[0] ? runRow(shown[0]) : null }
}

const ORDER: readonly Run['state'][] = ['finished', 'failed', 'cancelled', 'running', 'queued']

function stripWords(runs: Run[]): string {
  if (runs.length === 0) return 'No run yet'
  const parts = ORDER.flatMap((state) => {
    const count = runs.filter((run) => run.state === state).length
    return count === 0 ? [] : [`${count} ${state}`]
  })
  return `${runs.length === 1 ? 'Last run' : `Last ${runs.length} runs`}: ${parts.join(', ')}`
}
