import type Run from '#models/run'
import { STRIP_LENGTH } from '#services/schedule_pages'
import { runRow } from '#transformers/run_row'
import type { Translate } from '#transformers/translate'

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
export function scheduleStrip(runs: Run[], t: Translate) {
  const shown = runs.slice(0, STRIP_LENGTH)
  const bars = shown.map(({ state }, index) => ({
    state,
    x: (STRIP_LENGTH - 1 - index) * 5,
    height: HEIGHTS[state],
  }))
  return {
    bars,
    width: STRIP_LENGTH * 5,
    words: stripWords(shown, t),
    last: shown[0] ? runRow(shown[0]) : null,
  }
}

const ORDER: readonly Run['state'][] = ['finished', 'failed', 'cancelled', 'running', 'queued']

function stripWords(runs: Run[], t: Translate): string {
  if (runs.length === 0) return t('schedule.strip.none')
  const parts = ORDER.flatMap((state) => {
    const count = runs.filter((run) => run.state === state).length
    return count === 0 ? [] : [t(`schedule.strip.${state}`, { count })]
  })
  return t('schedule.strip.words', { count: runs.length, parts: parts.join(t('schedule.strip.and')) })
}
