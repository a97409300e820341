import db from '@adonisjs/lucid/services/db'
import { printAccountFilter } from '#services/account_filter/print_filter'
import { filtered, type AccountFilter, type HealthExpression } from '#services/account_list'
import { HEALTH_WORDS, type Health } from '#services/connection_health'

export type HealthCounts = Record<Health, number> & { total: number }

/** Counting may take at most this part of the time: a count that took 20 ms is used again for a second. */
const SHARE = 0.02
/** Quicker than this is not worth remembering. */
const CHEAP = 3

const remembered = new Map<string, { counts: HealthCounts; until: number }>()

/**
 * How many accounts of an organization have each health word. Every open page asks every few seconds, so the answer
 * over a large table is remembered for a multiple of what it cost.
 */
export async function healthCounts(
  organizationId: string,
  filter: Pick<AccountFilter, 'provider' | 'search'>,
  health: HealthExpression
): Promise<HealthCounts> {
  const key = JSON.stringify([organizationId, filter.provider, printAccountFilter(filter.search)])
  const known = remembered.get(key)
  const started = performance.now()
  if (known && known.until > started) return known.counts
  const counts = await count(organizationId, filter, health)
  const finished = performance.now()
  remembered.delete(key)
  if (finished - started > CHEAP) remember(key, counts, finished + (finished - started) / SHARE)
  return counts
}

function remember(key: string, counts: HealthCounts, until: number): void {
  if (remembered.size >= 500) remembered.delete(remembered.keys().next().value!)
  remembered.set(key, { counts, until })
}

async function count(
  organizationId: string,
  filter: Pick<AccountFilter, 'provider' | 'search'>,
  health: HealthExpression
): Promise<HealthCounts> {
  const rows = await filtered(organizationId, filter, health)
    .pojo<{ health: Health; total: number | string }>()
    .select(db.raw(`${health.sql} AS health`, health.bindings as string[]))
    .count('* as total')
    .groupBy('health')
  const counts = Object.fromEntries(HEALTH_WORDS.map((word) => [word, 0])) as HealthCounts
  for (const row of rows) counts[row.health] = Number(row.total)
  counts.total = HEALTH_WORDS.reduce((sum, word) => sum + counts[word], 0)
  return counts
}
