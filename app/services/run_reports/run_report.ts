import type Run from '#models/run'
import { allResults, type RunResultLine } from '#services/run_result_list'
import { countsByProvider } from '#services/run_result_counts'
import { groupOf, type ResultGroup } from '#services/run_results'
import type { RunReport, RunResult } from '#services/run_service'
import { accountLabel } from '#services/run_reports/account_label'

/** The run as its report names it. Times in UTC, RFC 3339; the shape is part of the report's version. */
export interface ReportHead {
  run_id: string | null
  job: string
  kind: string
  trigger: string
  state: string
  dry_run: boolean
  started_at: string | null
  finished_at: string | null
  duration_ms: number | null
  total: number
  refreshed: number
  failed: number
  skipped: number
  /** Of those that failed: those that are tried again by themselves. */
  retrying: number
  /** Results that follow: of very many, the first (see `RunResults`). */
  listed: number
}

export interface ReportLine {
  connection_id: string
  provider: string
  name: string | null
  status: string
  reason: string | null
  error_code: string | null
  old_expires_at: string | null
  new_expires_at: string | null
  retry_at: string | null
}

/** How many accounts of a provider are in each group; those that are tried again count as failed, as in the head. */
export type ReportedProvider = Record<ResultGroup, number> & { provider: string; total: number }

/** A run to be written down. Its lines are sorted by provider and account. */
export interface ReportSource {
  head: ReportHead
  providers: ReportedProvider[]
  lines: () => AsyncIterable<ReportLine>
}

/** The report of a run that the database has. Whoever asks, command or page, gets the same. */
export async function storedReport(run: Run): Promise<ReportSource> {
  const providers = (await countsByProvider(run)).map(({ retrying, failed, ...rest }) => ({
    ...rest,
    failed: failed + retrying,
  }))
  const [startedAt, finishedAt] = [run.startedAt, run.finishedAt]
  const head = {
    ...{ run_id: run.id, job: run.job, kind: run.kind, trigger: run.trigger, state: run.state },
    dry_run: run.dryRun,
    started_at: startedAt?.toISO() ?? null,
    finished_at: finishedAt?.toISO() ?? null,
    duration_ms: startedAt && finishedAt ? finishedAt.toMillis() - startedAt.toMillis() : null,
    ...{ total: run.total, refreshed: run.refreshed, failed: run.failed, skipped: run.skipped },
    retrying: run.retrying,
    listed: providers.reduce((sum, { total }) => sum + total, 0),
  }
  return { head, providers, lines: () => stored(run) }
}

/** The report of a dry run, which the database never sees. */
export function dryReport(report: RunReport): ReportSource {
  const lines = report.results.map(toDryLine).sort(byPlace)
  const { run_id: runId, kind, total, refreshed, failed, skipped, duration_ms: duration } = report
  const head = {
    ...{ run_id: runId, job: 'token:refresh', kind, trigger: 'command', state: 'finished', dry_run: true },
    ...{ started_at: null, finished_at: null, duration_ms: duration },
    ...{ total, refreshed, failed, skipped, retrying: 0, listed: lines.length },
  }
  return {
    head,
    providers: countLines(lines),
    lines: async function* () {
      yield* lines
    },
  }
}

async function* stored(run: Run): AsyncGenerator<ReportLine> {
  for await (const line of allResults(run)) yield toLine(line)
}

function toLine(line: RunResultLine): ReportLine {
  const { connectionId, provider, status, reason, errorCode, oldExpiresAt, newExpiresAt, retryAt } = line
  return {
    ...{ connection_id: connectionId, provider, name: accountLabel(line), status, reason },
    error_code: errorCode,
    ...{ old_expires_at: iso(oldExpiresAt), new_expires_at: iso(newExpiresAt), retry_at: iso(retryAt) },
  }
}

function toDryLine({
  connection_id: id,
  provider,
  username,
  status,
  reason,
  ...times
}: RunResult): ReportLine {
  const { old_expires_at: before, new_expires_at: after } = times
  return {
    ...{ connection_id: id, provider, name: username, status, reason, error_code: null },
    ...{ old_expires_at: before, new_expires_at: after, retry_at: null },
  }
}

function countLines(lines: readonly ReportLine[]): ReportedProvider[] {
  return [...Map.groupBy(lines, ({ provider }) => provider)].map(([provider, own]) => {
    const of = (group: string) => own.filter(({ status }) => groupOf(status) === group).length
    const counts = { failed: of('failed'), done: of('done'), planned: of('planned'), skipped: of('skipped') }
    return { provider, ...counts, total: own.length }
  })
}

function byPlace(one: ReportLine, other: ReportLine): number {
  const [left, right] = [one, other].map((line) => `${line.provider}\n${line.connection_id}`)
  return left < right ? -1 : 1
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
