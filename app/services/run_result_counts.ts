import db from '@adonisjs/lucid/services/db'
import type Run from '#models/run'
import { inGroup, SHOWN_GROUPS, shownGroupOf, type ShownGroup } from '#services/run_results'

export type GroupCounts = Record<ShownGroup, number>

/** How many listed results of each group a provider has. */
export interface ProviderCounts extends GroupCounts {
  provider: string
  total: number
}

/** Accounts that failed for one cause; `providers` with their numbers, the largest first. */
export interface FailureCause {
  reason: string
  errorCode: string | null
  status: string
  count: number
  /** Of these: tried again by themselves. */
  retrying: number
  providers: { provider: string; count: number }[]
}

/** The listed results of a run by provider, sorted by its id. */
export async function countsByProvider(run: Run): Promise<ProviderCounts[]> {
  const rows: StatusRow[] = await db
    .from('run_results')
    .where('run_id', run.id)
    .groupBy('provider', 'status')
    .orderBy('provider')
    .select('provider', 'status')
    .count('* as total')
    .select(db.raw('count(retry_at) as retrying'))
  const found = new Map<string, ProviderCounts>()
  for (const { provider, status, total, retrying } of rows) {
    const counts = found.get(provider) ?? { provider, ...noCounts(), total: 0 }
    counts[shownGroupOf(status, true)] += Number(retrying)
    counts[shownGroupOf(status, null)] += Number(total) - Number(retrying)
    counts.total += Number(total)
    found.set(provider, counts)
  }
  return [...found.values()]
}

interface StatusRow {
  provider: string
  status: string
  total: number | string
  /** Of these: with a time of the next try. */
  retrying: number | string
}

/** All providers together. */
export function sumOf(providers: readonly ProviderCounts[]): GroupCounts & { total: number } {
  const sum = { ...noCounts(), total: 0 }
  for (const one of providers) for (const key of [...SHOWN_GROUPS, 'total'] as const) sum[key] += one[key]
  return sum
}

/** What went wrong in a run, by cause, the most frequent first. */
export async function failureCauses(run: Run): Promise<FailureCause[]> {
  const failed = inGroup(db.from('run_results').where('run_id', run.id), 'status', 'failed')
  const rows: CauseRow[] = await failed
    .groupBy('status', 'reason', 'error_code', 'provider')
    .select('status', 'reason', 'error_code', 'provider')
    .count('* as total')
    .select(db.raw("count(CASE WHEN status = 'failed' THEN retry_at END) as retrying"))
  const causes = Map.groupBy(rows, ({ status, reason, error_code: code }) =>
    [status, reason, code].join('\n')
  )
  return [...causes.values()].map(toCause).sort((one, other) => other.count - one.count)
}

interface CauseRow {
  status: string
  reason: string | null
  error_code: string | null
  provider: string
  total: number | string
  retrying: number | string
}

function toCause(rows: CauseRow[]): FailureCause {
  const [{ status, reason, error_code: errorCode }] = rows
  const providers = rows.map(({ provider, total }) => ({ provider, count: Number(total) }))
  return {
    ...{ status, reason: reason ?? 'unknown', errorCode },
    count: providers.reduce((sum, { count }) => sum + count, 0),
    retrying: rows.reduce((sum, { retrying }) => sum + Number(retrying), 0),
    providers: providers.sort((one, other) => other.count - one.count),
  }
}

function noCounts(): GroupCounts {
  return { failed: 0, retrying: 0, done: 0, planned: 0, skipped: 0 }
}
