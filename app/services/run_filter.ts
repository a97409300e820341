import { parseAccountFilter } from '#services/account_filter/parse_filter'
import { healthExpression, narrowToQuery } from '#services/account_list'
import { loadProviderFacts, loadProviderScope } from '#services/load_provider_facts'
import type { RunSelection } from '#services/run_selection'

/** What a search means for a run; a sentence where it means nothing, undefined where nothing is searched for. */
export async function filterNarrow(
  organizationId: string,
  filter: string | undefined
): Promise<RunSelection['narrow'] | string> {
  if (filter === undefined || filter.trim() === '') return undefined
  const parsed = parseAccountFilter(filter, await loadProviderScope(organizationId))
  if (!parsed.ok) return parsed.reason
  const health = healthExpression(await loadProviderFacts(organizationId), Date.now())
  return { words: { search: filter }, apply: (query) => narrowToQuery(query, parsed.filter, health) }
}
