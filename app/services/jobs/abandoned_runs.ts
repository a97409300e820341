import db from '@adonisjs/lucid/services/db'
import { fromInstant, toInstant } from '#models/columns'
import type { Clock } from '#oauth/types'
import type { WorkerRegistry } from '#services/worker_registry'

interface OpenRun {
  id: string
  worker_id: string
  running_key: string | null
  beat_at: unknown
}

/** A process on another host that runs a job and has been silent for so long counts as dead, in milliseconds. */
const SILENCE = 5 * 60_000

/**
 * Marks runs as failed whose process died over them, and returns how many. What they refreshed is stored, as always;
 * the rest is due and taken up by the sweep, or by the job's next run.
 */
export async function failAbandonedRuns(
  workers: Pick<WorkerRegistry, 'alive'>,
  clock: Pick<Clock, 'now'>
): Promise<number> {
  const open: OpenRun[] = await db
    .from('runs')
    .leftJoin('workers', 'workers.id', 'runs.worker_id')
    .where('runs.state', 'running')
    .whereNotNull('runs.worker_id')
    .select('runs.id', 'runs.worker_id', 'runs.running_key', 'workers.beat_at')
  if (open.length === 0) return 0
  const alive = await workers.alive()
  const dead = open.filter((run) => !alive.has(run.worker_id) || isSilent(run, clock.now()))
  let marked = 0
  for (const { id, worker_id: workerId } of dead) {
    const still = db.from('runs').where({ id, worker_id: workerId, state: 'running' })
    const ended = { state: 'failed', error: DIED, finished_at: toInstant(clock.now()), running_key: null }
    marked += Number(await still.update(ended))
  }
  return marked
}

const DIED =
  'The process that ran this ended. What it had refreshed is stored; the rest is taken up by the next run.'

function isSilent({ running_key: key, beat_at: beat }: OpenRun, now: number): boolean {
  const beatAt = fromInstant(beat)?.toMillis()
  return key !== null && beatAt !== undefined && now - beatAt > SILENCE
}
