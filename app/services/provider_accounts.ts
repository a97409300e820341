import db from '@adonisjs/lucid/services/db'
import { EVERYTHING } from '#services/account_filter/account_filter'
import { filtered, type HealthExpression } from '#services/account_list'
import type { Health } from '#services/connection_health'

/** How many accounts have each health word; those without any are left out. */
export type AccountHealth = Partial<Record<Health, number>>

/** The accounts of an organization by provider and health word. */
export async function accountHealthByProvider(
  organizationId: string,
  health: HealthExpression
): Promise<Map<string, AccountHealth>> {
  const rows = await filtered(organizationId, { provider: null, search: EVERYTHING }, health)
    .pojo<{ provider: string; health: Health; total: number | string }>()
    .select('provider', db.raw(`${health.sql} AS health`, health.bindings as string[]))
    .count('* as total')
    .groupBy('provider', 'health')
  const found = new Map<string, AccountHealth>()
  for (const { provider, health: word, total } of rows) {
    found.set(provider, { ...found.get(provider), [word]: Number(total) })
  }
  return found
}
