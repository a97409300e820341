import type Worker from '#models/worker'
import { millis } from '#transformers/account_facts'
import { schedulerPulse } from '#services/scheduler/scheduler_pulse'

const PULSES = {
  ok: { tone: 'good', icon: 'heartbeat' },
  late: { tone: 'plain', icon: 'clock' },
  stalled: { tone: 'bad', icon: 'heart-broken' },
  never: { tone: 'plain', icon: 'heart-off' },
} as const

/**
 * A process that shares the database, as the schedule shows it. While its scheduler is on time, the row does not change
 * from tick to tick; once it is not, the row says since when.
 */
export function workerRow(worker: Worker, now: number) {
  const tickedAt = millis(worker.schedulerTickedAt)
  const interval = worker.schedulerIntervalMs
  const pulse = schedulerPulse(tickedAt === null ? null : Math.max(0, now - tickedAt), interval)
  return {
    id: worker.id,
    host: worker.host,
    pid: worker.pid,
    role: worker.role,
    startedAt: worker.startedAt.toMillis(),
    /** Milliseconds between ticks, where they come on time. */
    rhythm: pulse === 'ok' ? interval : null,
    tickedAt: pulse === 'ok' ? null : tickedAt,
    pulse,
    ...PULSES[pulse],
  }
}
