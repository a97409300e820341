import type { DateTime } from 'luxon'
import type Run from '#models/run'

const iso = (at: DateTime | null) => at?.toISO() ?? null

/** A run as the API tells it. Times in UTC. */
export function apiRun(run: Run) {
  return {
    id: run.id,
    job: run.job,
    kind: run.kind,
    trigger: run.trigger,
    actor: run.actor,
    state: run.state,
    dry_run: run.dryRun,
    total: run.total,
    refreshed: run.refreshed,
    failed: run.failed,
    skipped: run.skipped,
    error: run.error,
    cancel_requested: run.cancelRequestedAt !== null,
    scheduled_for: iso(run.scheduledFor),
    created_at: iso(run.createdAt),
    started_at: iso(run.startedAt),
    finished_at: iso(run.finishedAt),
  }
}
