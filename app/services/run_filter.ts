import type { FilterProblem } from '#services/account_filter/filter_problem'
import { parseAccountFilter } from '#services/account_filter/parse_filter'
import { healthExpression, narrowToQuery } from '#services/account_list'
import { loadProviderFacts, loadProviderScope } from '#services/load_provider_facts'
import type { RunSelection } from '#services/run_selection'

/** What a search means for a run, nothing where nothing is searched for; or why it means nothing. */
export async function filterNarrow(
  organizationId: string,
  filter: string | undefined
): Promise<{ ok: true; narrow?: RunSelection['narrow'] } | { ok: false; problem: FilterProblem }> {
  if (filter === undefined || filter.trim() === '') return { ok: true }
  const parsed = parseAccountFilter(filter, await loadProviderScope(organizationId))
  if (!parsed.ok) return parsed
  const health = healthExpression(await loadProviderFacts(organizationId), Date.now())
  const apply: NonNullable<RunSelection['narrow']>['apply'] = (query) =>
    narrowToQuery(query, parsed.filter, health)
  return { ok: true, narrow: { words: { search: filter }, apply } }
}
