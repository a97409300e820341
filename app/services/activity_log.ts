import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import RefreshAttempt from '#models/refresh_attempt'
import Run from '#models/run'
import { toInstant } from '#models/columns'
import { newestFirst, type Cursor, type ListPage } from '#services/newest_first'
import { NAMED, type Outcome } from '#services/run_pages'
import type { RefreshKind } from '#token_refresh/types'

const HOUR = 60 * 60_000

/** The periods that the log can be narrowed to, in milliseconds before now. */
export const PERIODS = {
  '1h': HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
} as const
export type Period = keyof typeof PERIODS

export interface ActivityFilter {
  outcome: Outcome | null
  kind: RefreshKind | null
  provider: string | null
  /** Counted back from now; a chosen span of time (`from`, `to`, its end excluded) takes its place. */
  period: Period | null
  from: number | null
  to: number | null
  run: string | null
}

type Query = ModelQueryBuilderContract<typeof RefreshAttempt>

/** So many entries are read at a time. */
export const PAGE_SIZE = 50
/** Whoever reads on below a page gets so many in one; further back it goes by pages. */
export const MOST_ROWS = 4 * PAGE_SIZE
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Nobody needs to know how many more there are. */
export const MOST_NEW = 1_000

/**
 * One page of the refresh log over all accounts of an organization, newest first, each with its account. With `until`,
 * only what is not newer than that place.
 */
export function activityPage(
  organizationId: string,
  filter: ActivityFilter,
  place: { cursor: Cursor | null; until: Cursor | null; size?: number },
  now: number
): Promise<ListPage<RefreshAttempt>> {
  const query = narrowed(organizationId, filter, now).preload('connection', (one) => one.select(NAMED))
  if (place.until && !place.cursor) beside(query, '<=', place.until)
  return newestFirst(query, place.cursor, place.size ?? PAGE_SIZE)
}

/** How many entries are newer than a place; `MOST_NEW` stands for that many or more. */
export async function newerThan(
  organizationId: string,
  filter: ActivityFilter,
  until: Cursor,
  now: number
): Promise<number> {
  const newer = beside(narrowed(organizationId, filter, now), '>', until)
    .select('id')
    .limit(MOST_NEW)
  return (await newer.pojo()).length
}

/** One entry with its account; null where the organization has none of this id. */
export async function findActivity(organizationId: string, id: string): Promise<RefreshAttempt | null> {
  if (!UUID.test(id)) return null
  const query = RefreshAttempt.query().where('organization_id', organizationId).where('id', id.toLowerCase())
  return query.preload('connection', (one) => one.select(NAMED)).first()
}

/** The ids of the entries beside one, within the filter; null at the ends. */
export async function neighbours(
  organizationId: string,
  filter: ActivityFilter,
  entry: RefreshAttempt,
  now: number
): Promise<{ newer: string | null; older: string | null }> {
  const place: Cursor = { direction: 'next', createdAt: entry.createdAt.toMillis(), id: entry.id }
  const next = (operator: '<' | '>', order: 'asc' | 'desc') =>
    beside(narrowed(organizationId, filter, now), operator, place)
      .orderBy('created_at', order)
      .orderBy('id', order)
      .select('id')
      .first()
  const [newer, older] = [await next('>', 'asc'), await next('<', 'desc')]
  return { newer: newer?.id ?? null, older: older?.id ?? null }
}

/** The jobs of the runs that these entries belong to, by the run's id. */
export async function jobsOf(entries: readonly RefreshAttempt[]): Promise<Map<string, string>> {
  const ids = [...new Set(entries.flatMap(({ runId }) => runId ?? []))]
  if (ids.length === 0) return new Map()
  const runs = await Run.query().whereIn('id', ids).select('id', 'job')
  return new Map(runs.map(({ id, job }) => [id, job]))
}

/** Whether any refresh of the organization is in the log. */
export async function hasActivity(organizationId: string): Promise<boolean> {
  return (await RefreshAttempt.query().where('organization_id', organizationId).select('id').first()) !== null
}

function narrowed(organizationId: string, filter: ActivityFilter, now: number): Query {
  const query = RefreshAttempt.query().where('organization_id', organizationId)
  if (filter.outcome) query.where('outcome', filter.outcome)
  if (filter.kind) query.where('kind', filter.kind)
  if (filter.provider) query.where('provider', filter.provider)
  if (filter.run) query.where('run_id', filter.run)
  const { from, to } = spanOf(filter, now)
  if (from !== null) query.where('created_at', '>=', toInstant(from) as number)
  if (to !== null) query.where('created_at', '<', toInstant(to) as number)
  return query
}

/** The span of time that a filter means; null: open. */
export function spanOf({ from, to, period }: ActivityFilter, now: number) {
  if (from !== null || to !== null) return { from, to }
  return { from: period === null ? null : now - PERIODS[period], to: null }
}

function beside(query: Query, operator: '<' | '<=' | '>', { createdAt, id }: Cursor): Query {
  return query.whereRaw(`(created_at, id) ${operator} (?, ?)`, [toInstant(createdAt) as number, id])
}
