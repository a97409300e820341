import { EVERYTHING } from '#services/account_filter/account_filter'
import { parseAccountFilter, type NamedProviders } from '#services/account_filter/parse_filter'
import type { AccountFilter } from '#services/account_list'
import { HEALTH_WORDS } from '#services/connection_health'

/** One more than a filter may have, so that a longer one is refused and not cut into another. */
const LONGEST_SEARCH = 1_001

/**
 * Reads the list's filter from a query string. What makes no sense in its fields is ignored, so that old links keep
 * working; a search that cannot be understood is kept as it was typed, with what is wrong with it.
 */
export function accountFilter(input: Record<string, unknown>, providers: NamedProviders): AccountFilter {
  const q = text(input.q, LONGEST_SEARCH)
  const parsed = parseAccountFilter(q ?? '', providers)
  return {
    health: HEALTH_WORDS.find((word) => word === input.status) ?? null,
    provider: text(input.provider, 64),
    q,
    search: parsed.ok ? parsed.filter : EVERYTHING,
    problem: parsed.ok ? null : parsed.problem,
  }
}

function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  return value.replaceAll('\0', '').trim().slice(0, longest) || null
}
