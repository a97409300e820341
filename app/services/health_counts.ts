import db from '@adonisjs/lucid/services/db'
import { printAccountFilter } from '#services/account_filter/print_filter'
import { filtered, type AccountFilter, type HealthExpression } from '#services/account_list'
import { HEALTH_WORDS, type Health } from '#services/connection_health'
import { Remembered } from '#services/overview/remembered'

export type HealthCounts = Record<Health, number> & { total: number }

const remembered = new Remembered(() => performance.now())

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
  return remembered.ask(key, () => count(organizationId, filter, health))
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
