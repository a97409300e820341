import Run from '#models/run'
import type { JobOutcome } from '#services/jobs/job_types'
import { findingsOf, storedResult } from '#services/jobs/stored_result'
import type { Sleep } from '#services/run_watch'

/** In milliseconds. */
const LOOK = 250

/** Waits for the end of a run that another process has; gives up, with what is known, once `isEnough` says so. */
export async function awaitRun(runId: string, sleep: Sleep, isEnough: () => boolean): Promise<JobOutcome> {
  for (;;) {
    const run = await Run.find(runId)
    const isOpen = run?.state === 'running' || run?.state === 'queued'
    if (!isOpen || isEnough()) {
      const result = run && (await storedResult(run))
      const { state = 'cancelled', error = null } = run ?? {}
      return { runId, state, result, findings: findingsOf(result), error }
    }
    await sleep(LOOK)
  }
}
