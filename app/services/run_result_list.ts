import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { fromInstant } from '#models/columns'
import type Run from '#models/run'
import { groupOf, inShownGroup, STATUSES_OF, type ShownGroup } from '#services/run_results'

/** One account in a run. Instants are milliseconds since the epoch. */
export interface RunResultLine {
  connectionId: string
  provider: string
  displayName: string | null
  username: string | null
  providerAccountId: string
  status: string
  reason: string | null
  errorCode: string | null
  oldExpiresAt: number | null
  newExpiresAt: number | null
  retryAt: number | null
}

/** What of a run's results is wanted; null: all. */
export interface ResultFilter {
  group: ShownGroup | null
  provider: string | null
  reason: string | null
}

/** A place in a run's results, which are sorted by provider, what failed before the rest, and account. */
export interface ResultPlace {
  direction: 'next' | 'previous'
  provider: string
  rank: number
  id: string
}

export interface ResultPage {
  items: RunResultLine[]
  next: string | null
  previous: string | null
}

export const EVERYTHING: ResultFilter = { group: null, provider: null, reason: null }
const PAGE_SIZE = 50

const FAILED_FIRST = `CASE WHEN r.status IN (${STATUSES_OF.failed.map((word) => `'${word}'`).join(', ')}) THEN 0 ELSE 1 END`
const rankOf = ({ status }: RunResultLine) => (groupOf(status) === 'failed' ? 0 : 1)

/** One page of what a run did to each account, by provider, failures first; each account with the name that it has now. */
export async function resultPage(
  run: Pick<Run, 'id'>,
  filter: ResultFilter,
  place: ResultPlace | null,
  size = PAGE_SIZE
): Promise<ResultPage> {
  const backwards = place?.direction === 'previous'
  const query = resultsOf(run, filter)
  if (place) {
    const operator = backwards ? '<' : '>'
    const { provider, rank, id } = place
    query.whereRaw(`(r.provider, ${FAILED_FIRST}, r.connection_id) ${operator} (?, ?, ?)`, [
      provider,
      rank,
      id,
    ])
  }
  const order = backwards ? 'desc' : 'asc'
  const rows = await query
    .orderBy('r.provider', order)
    .orderByRaw(`${FAILED_FIRST} ${order}`)
    .orderBy('r.connection_id', order)
    .limit(size + 1)
  const more = rows.length > size
  const items = rows.slice(0, size).map(toLine)
  if (backwards) items.reverse()
  return {
    items,
    next: backwards || more ? encodePlace('next', items.at(-1)) : null,
    previous: place && (!backwards || more) ? encodePlace('previous', items[0]) : null,
  }
}

/** All results of a run in the order of its page, read a page at a time. */
export async function* allResults(run: Pick<Run, 'id'>): AsyncGenerator<RunResultLine> {
  for (let place: ResultPlace | null = null; ;) {
    const page: ResultPage = await resultPage(run, EVERYTHING, place, 500)
    yield* page.items
    place = decodePlace(page.next)
    if (!place) return
  }
}

/** Reads what stands in the URL as a place; null for anything else, which then means the first page. */
export function decodePlace(text: unknown): ResultPlace | null {
  if (typeof text !== 'string' || text.length > 400) return null
  const found = /^([np])([01])\.([0-9a-f-]{36})\.(.{1,64})$/.exec(Buffer.from(text, 'base64url').toString())
  if (!found || found[4].includes('\0')) return null
  const [, sign, rank, id, provider] = found
  return { direction: sign === 'n' ? 'next' : 'previous', rank: Number(rank), id, provider }
}

function encodePlace(direction: ResultPlace['direction'], line: RunResultLine | undefined): string | null {
  if (!line) return null
  const sign = direction === 'next' ? 'n' : 'p'
  return Buffer.from(`${sign}${rankOf(line)}.${line.connectionId}.${line.provider}`).toString('base64url')
}

function resultsOf(
  run: Pick<Run, 'id'>,
  { group, provider, reason }: ResultFilter
): DatabaseQueryBuilderContract {
  const query = db
    .from('run_results as r')
    .join('connections as c', 'c.id', 'r.connection_id')
    .where('r.run_id', run.id)
    .select('r.connection_id', 'r.provider', 'r.status', 'r.reason', 'r.error_code')
    .select('r.old_expires_at', 'r.new_expires_at', 'r.retry_at')
    .select('c.display_name', 'c.username', 'c.provider_account_id')
  if (group) inShownGroup(query, group)
  if (provider) query.where('r.provider', provider)
  if (reason) query.where('r.reason', reason)
  return query
}

function toLine(row: Record<string, unknown>): RunResultLine {
  const text = (column: string) => (row[column] ?? null) as string | null
  const at = (column: string) => fromInstant(row[column])?.toMillis() ?? null
  return {
    connectionId: row.connection_id as string,
    provider: row.provider as string,
    ...{ displayName: text('display_name'), username: text('username') },
    providerAccountId: row.provider_account_id as string,
    ...{ status: row.status as string, reason: text('reason'), errorCode: text('error_code') },
    ...{ oldExpiresAt: at('old_expires_at'), newExpiresAt: at('new_expires_at'), retryAt: at('retry_at') },
  }
}
