import type { DateTime } from 'luxon'
import type Run from '#models/run'
import { about, count, oneOf, orNull, schemaOf, time, truth, uuid, words } from '#transformers/api_schema'
import { RUN_STATES } from '#services/run_pages'
import { REFRESH_KINDS } from '#token_refresh/types'

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

export const runSchema = schemaOf<ReturnType<typeof apiRun>>({
  id: uuid,
  job: about('The name of its job, or of the command that made it.', words),
  kind: oneOf(REFRESH_KINDS),
  trigger: oneOf(['schedule', 'command', 'api', 'ui']),
  actor: about('Who asked for it.', orNull(words)),
  state: oneOf(RUN_STATES),
  dry_run: truth,
  total: count,
  refreshed: count,
  failed: count,
  skipped: count,
  error: about('Why it broke off.', orNull(words)),
  cancel_requested: truth,
  scheduled_for: about('The time of the schedule that it stands for.', orNull(time)),
  created_at: time,
  started_at: orNull(time),
  finished_at: orNull(time),
})
