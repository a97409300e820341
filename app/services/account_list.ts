import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import Connection from '#models/connection'
import { isEverything, type AccountQuery } from '#services/account_filter/account_filter'
import type { FilterProblem } from '#services/account_filter/filter_problem'
import { accountFilterSql } from '#services/account_filter/filter_sql'
import { healthCondition } from '#services/account_filter/health_condition'
import type { Health } from '#services/connection_health'
import { connectionHealthSql, type Fragment } from '#services/connection_health_sql'
import type { ProviderFacts } from '#services/provider_facts'

/** What the list is narrowed to: the choices of its fields, and the search as it was typed and as it was understood. */
export interface AccountFilter {
  health: Health | null
  provider: string | null
  q: string | null
  search: AccountQuery
  /** Why the search could not be understood; then `search` selects everything and nothing may be changed by it. */
  problem: FilterProblem | null
}

/** The health expression beside the moment that it was made for. */
export interface HealthExpression extends Fragment {
  now: number
}

/** The health expression for the current database and moment. */
export function healthExpression(facts: ProviderFacts, now: number): HealthExpression {
  const dialect = db.connection().dialect.name
  const input = { providers: facts.health, now, dialect, toInstant: (at: number) => toInstant(at) }
  return { ...connectionHealthSql(input), now }
}

/** Whether the organization has any account at all. */
export async function hasAccounts(organizationId: string): Promise<boolean> {
  return (await Connection.query().where('organization_id', organizationId).select('id').first()) !== null
}

/** Accounts of an organization, of a provider and a search where those are given: for the list and the counts alike. */
export function filtered(
  organizationId: string,
  filter: Pick<AccountFilter, 'provider' | 'search'>,
  health: HealthExpression
) {
  const query = Connection.query().where('organization_id', organizationId)
  if (filter.provider) query.where('provider', filter.provider)
  narrowToQuery(query, filter.search, health)
  return query
}

interface Narrowed {
  whereRaw(sql: string, bindings: string[]): unknown
}

/** Narrows any query over `connections` to what the list shows for this search and health word. */
export function narrowTo(
  query: Narrowed,
  { search, health: word }: Pick<AccountFilter, 'search' | 'health'>,
  health: HealthExpression
): void {
  narrowToQuery(query, search, health)
  if (word) narrowToHealth(query, word, health)
}

/** Narrows any query over `connections` to the accounts of one health word. */
export function narrowToHealth(query: Narrowed, word: Health, health: Fragment): void {
  const { sql, bindings } = healthCondition(word, health)
  query.whereRaw(sql, bindings as string[])
}

/** Narrows any query over `connections` to what a filter selects. */
export function narrowToQuery(query: Narrowed, search: AccountQuery, health: HealthExpression): void {
  if (isEverything(search)) return
  const { dialect } = db.connection()
  const means = { dialect: dialect.name, now: health.now, toInstant: (at: number) => toInstant(at), health }
  const { sql, bindings } = accountFilterSql(search, means)
  query.whereRaw(sql, bindings as string[])
}
