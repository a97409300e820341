import app from '@adonisjs/core/services/app'
import type { Begun, BackgroundMeans } from '#services/background_runs'
import type { Engine } from '#services/build_engine'
import { EncryptionService, type RotateAnswer } from '#services/encryption_service'
import { processRuns } from '#services/process_runs'
import { RunRecord, type RunCounts } from '#services/run_record'
import { RunWatch } from '#services/run_watch'

export const ROTATION_JOB = 'encryption:rotate'
const OLDER_PROCESSES =
  'A process that was started before the newest key is still at work. Restart every process, then begin again.'

interface Asked {
  organizationId: string
  /** Who asked. */
  actor: string
}

/**
 * Re-encrypts everything under the newest key, as `encryption:rotate` does, as a run of the organization whose admin asked
 * for it: it goes on after its id is answered. Asked for again there it joins the run that is under way; null while the process is
 * ending, and while another organization or process re-encrypts: there is one rotation at a time.
 */
export async function beginRotation(asked: Asked): Promise<Begun> {
  const engine = await app.container.make('engine')
  const key = `${ROTATION_JOB} ${asked.organizationId}`
  return processRuns().begin(key, (means) => rotateAsRun(engine, asked, means))
}

async function rotateAsRun(engine: Engine, { organizationId, actor }: Asked, means: BackgroundMeans) {
  const record = await RunRecord.begin({
    ...{ organizationId, actor, job: ROTATION_JOB, kind: 'manual', trigger: 'ui', selection: {} },
    workerId: engine.workers.id,
    runningKey: ROTATION_JOB,
  })
  if (!record) return
  means.onBegin(record.id)
  const service = EncryptionService.open(engine)
  const counts: RunCounts = { total: 0, refreshed: 0, failed: 0, skipped: 0 }
  const watch = new RunWatch(record, engine.clock, means.signal)
  let saving = Promise.resolve()
  try {
    const answer = await service.rotate({
      signal: watch.signal,
      onProgress({ total, done }) {
        Object.assign(counts, { total, refreshed: done })
        saving = saving.then(() => watch.save(() => counts))
      },
    })
    await saving
    await conclude(record, answer, counts)
  } catch (error) {
    await record.finish(counts, 'failed', { error: 'It broke off. The log has the details.' })
    throw error
  } finally {
    await service.close()
  }
}

async function conclude(record: RunRecord, answer: RotateAnswer, counts: RunCounts): Promise<void> {
  if (answer.type === 'refused') return record.finish(counts, 'failed', { error: OLDER_PROCESSES })
  const { key, rewrapped, unreadable, retired, interrupted } = answer
  const failed = unreadable.length
  const ended = {
    total: Math.max(counts.total, rewrapped + failed),
    refreshed: rewrapped,
    failed,
    skipped: 0,
  }
  await record.finish(ended, interrupted ? 'cancelled' : 'finished', { summary: { key, retired } })
}
