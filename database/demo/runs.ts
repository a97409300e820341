import jobSettings from '#config/jobs'
import type { StoredAccount } from '#database/demo/accounts'
import { write } from '#database/demo/attempts'
import { pick } from '#database/demo/random'
import type { Stage } from '#database/demo/stage'
import { DAY, SECOND } from '#database/demo/times'
import { uuid } from '#models/uuid'
import { nextTime } from '#services/jobs/cron_times'
import { isRunnable, JobTable } from '#services/jobs/job_table'
import type { RunnableJob } from '#services/jobs/job_types'
import type { Value } from '#store/driver'

const INSERT = `INSERT INTO runs (id, organization_id, job, kind, trigger, actor, selection, dry_run, state, scheduled_for,
    total, refreshed, failed, skipped, started_at, finished_at, created_at)
  VALUES (?, ?, ?, ?, 'schedule', NULL, '{}', FALSE, 'finished', ?t, ?, ?, ?, ?, ?t, ?t, ?t)`

/** Writes that each job of the schedule has run at each of its times of so many days; so none is owed. */
export async function writeRuns(
  stage: Stage,
  {
    organizationId,
    accounts,
    days,
  }: { organizationId: string; accounts: readonly StoredAccount[]; days: number }
): Promise<number> {
  const { engine, driver, now } = stage
  const table = new JobTable(jobSettings, engine.providers, engine.catalogue)
  const jobs = table.of(organizationId).filter(isRunnable)
  const rows = jobs.flatMap((job) =>
    timesOf(job, now - days * DAY, now).map((at) =>
      toRow(stage, organizationId, { job, at, total: looksAt(job, accounts) })
    )
  )
  await write(driver, INSERT, rows)
  return rows.length
}

/** A run that a person begins, for real: every account of one provider, each refreshed now. */
export async function runByHand(
  { engine, script }: Stage,
  organizationId: string,
  actor: string
): Promise<void> {
  const selection = { organizationId, provider: script.manual_run, force: true, all: true }
  const heading = { job: 'token:refresh', kind: 'manual' as const, trigger: 'ui' as const, actor }
  await engine.runs.run({ ...heading, selection, concurrency: 5 })
}

function timesOf({ schedule, timeZone }: RunnableJob, since: number, now: number): number[] {
  const times: number[] = []
  const plan = { expressions: schedule, timeZone }
  for (let at = nextTime(plan, since); at !== null && at <= now; at = nextTime(plan, at)) times.push(at)
  return times
}

/** How many accounts the job goes through. */
function looksAt({ work }: RunnableJob, accounts: readonly StoredAccount[]): number {
  if (work.type === 'prune' || work.type === 'deliver') return 0
  if (work.type !== 'cycle') return accounts.length
  return accounts.filter(({ provider }) => provider.id === work.provider).length
}

function toRow(
  { random }: Stage,
  organizationId: string,
  { job, at, total }: { job: RunnableJob; at: number; total: number }
): Value[] {
  const verifies = job.work.type === 'verify'
  const refreshed = Math.min(total, pick(random, [0, 0, 1, 1, 2, 3]))
  const failed = total > refreshed ? pick(random, [0, 0, 0, 0, 0, 0, 1]) : 0
  const began = at + Math.round(SECOND * random())
  const ended = began + Math.round((verifies ? 70 : 1 + 2 * refreshed) * SECOND * (0.6 + random()))
  const counts = [total, refreshed, failed, total - refreshed - failed]
  const kind = verifies ? 'health_check' : 'scheduled'
  return [uuid(at), organizationId, job.name, kind, at, ...counts, began, ended, at]
}
