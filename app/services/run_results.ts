import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { toInstant } from '#models/columns'

/** What did not go well, what was only planned, and what was left alone. Every other word, such as `paused`, is done. */
export const STATUSES_OF = {
  failed: ['failed', 'invalid', 'suspended'],
  planned: ['would_refresh'],
  skipped: ['skipped', 'untested'],
} as const

export type ResultGroup = 'failed' | 'done' | 'planned' | 'skipped'

/** What people see of a result: what failed and is tried again by itself is apart from what stays failed. */
export const SHOWN_GROUPS = ['failed', 'retrying', 'done', 'planned', 'skipped'] as const
export type ShownGroup = (typeof SHOWN_GROUPS)[number]

const NOT_DONE = Object.values(STATUSES_OF).flat()

/** The group that the status of a result counts to. */
export function groupOf(status: string): ResultGroup {
  const found = Object.entries(STATUSES_OF).find(([, words]) => (words as readonly string[]).includes(status))
  return (found?.[0] ?? 'done') as ResultGroup
}

/** Whether a result failed and is tried again by itself. `retryAt` is null where nobody comes back to it. */
export function isRetrying(status: string, retryAt: unknown): boolean {
  return status === 'failed' && Boolean(retryAt)
}

/** The group that people see a result in. */
export function shownGroupOf(status: string, retryAt: unknown): ShownGroup {
  return isRetrying(status, retryAt) ? 'retrying' : groupOf(status)
}

/** Narrows a query on results, named `r`, to a group that people see. */
export function inShownGroup<Query extends DatabaseQueryBuilderContract>(
  query: Query,
  group: ShownGroup
): Query {
  if (group === 'retrying') return query.where('r.status', 'failed').whereNotNull('r.retry_at')
  const found = inGroup(query, 'r.status', group)
  if (group === 'failed')
    found.where((lasting) => void lasting.whereNot('r.status', 'failed').orWhereNull('r.retry_at'))
  return found
}

/** Narrows a query to the results of a group; `column` holds their status. */
export function inGroup<Query extends DatabaseQueryBuilderContract>(
  query: Query,
  column: string,
  group: ResultGroup
): Query {
  if (group === 'done') query.whereNotIn(column, NOT_DONE)
  else query.whereIn(column, [...STATUSES_OF[group]])
  return query
}

/** What a run did to one account, or why it did nothing. Instants are milliseconds since the epoch. */
export interface RunResultEntry {
  connectionId: string
  provider: string
  /** `refreshed`, `failed`, `skipped`, `would_refresh`, a verdict of X3, or what a change made of it, such as `paused`. */
  status: string
  /** A word of ours, such as `not_due` or a failure class. */
  reason: string | null
  /** The provider's own code; people who may only look do not see it. */
  errorCode?: string | null
  oldExpiresAt?: number | null
  newExpiresAt?: number | null
  /** When it is tried again by itself. */
  retryAt?: number | null
  /** The connect link that was made for its owner. */
  linkId?: string | null
}

/** So many results of one status are listed; all are counted. Most runs skip almost everything, hour by hour. */
export const MOST_LISTED = 10_000
export const MOST_SKIPPED = 1_000
const AT_ONCE = 500

/** Collects what a run does to each account, to be written now and then (see `RunRecord`). */
export class RunResults {
  readonly #taken = new Map<string, number>()
  readonly #waiting: RunResultEntry[] = []
  #retrying = 0

  constructor(private readonly runId: string) {}

  /** How many failed that are tried again by themselves. */
  get retrying(): number {
    return this.#retrying
  }

  /** How many are still to be written. */
  get waiting(): number {
    return this.#waiting.length
  }

  add(entry: RunResultEntry): void {
    if (isRetrying(entry.status, entry.retryAt)) this.#retrying += 1
    const taken = this.#taken.get(entry.status) ?? 0
    if (taken >= (entry.status === 'skipped' ? MOST_SKIPPED : MOST_LISTED)) return
    this.#taken.set(entry.status, taken + 1)
    this.#waiting.push(entry)
  }

  /** Writes what has come since the last time. Accounts that were deleted meanwhile are left out. */
  async flush(): Promise<void> {
    const waiting = this.#waiting.splice(0)
    for (let from = 0; from < waiting.length; from += AT_ONCE) {
      const rows = waiting.slice(from, from + AT_ONCE).map((entry) => toRow(this.runId, entry))
      await insert(rows).catch(async (error: unknown) => {
        if (!isForeignKey(error)) throw error
        await insert(await withAccount(rows))
      })
    }
  }
}

type ResultRow = ReturnType<typeof toRow>

/** A run that was given back and taken up meets the same accounts again: what it did to them before stays. */
async function insert(rows: ResultRow[]): Promise<void> {
  if (rows.length === 0) return
  const [skips, others] = [rows.filter(isSkip), rows.filter((row) => !isSkip(row))]
  const key = ['run_id', 'connection_id']
  const into = () => db.knexQuery().table('run_results')
  if (others.length > 0) await into().insert(others).onConflict(key).merge()
  if (skips.length > 0) await into().insert(skips).onConflict(key).ignore()
}

const isSkip = ({ status }: ResultRow) => status === 'skipped'

async function withAccount(rows: ResultRow[]): Promise<ResultRow[]> {
  const ids = rows.map(({ connection_id: id }) => id)
  const found: { id: string }[] = await db.from('connections').whereIn('id', ids).select('id')
  const known = new Set(found.map(({ id }) => id))
  return rows.filter(({ connection_id: id }) => known.has(id))
}

function isForeignKey(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === '23503' || code === 'SQLITE_CONSTRAINT_FOREIGNKEY'
}

function toRow(runId: string, entry: RunResultEntry) {
  const instant = (value: number | null | undefined) => (value ? toInstant(value) : null)
  return {
    ...{ run_id: runId, connection_id: entry.connectionId, provider: entry.provider },
    ...{ status: entry.status, reason: entry.reason?.slice(0, 255) ?? null },
    error_code: entry.errorCode?.slice(0, 255) ?? null,
    ...{ old_expires_at: instant(entry.oldExpiresAt), new_expires_at: instant(entry.newExpiresAt) },
    ...{ retry_at: instant(entry.retryAt), link_id: entry.linkId ?? null },
    created_at: toInstant(Date.now()),
  }
}
