import type { AccountFilter } from '#services/account_list'

type Query = Partial<Record<'status' | 'provider' | 'q' | 'cursor', string | null>>

/** Builds addresses of the account list from the current filter and a change to it; every filter lives in the URL. */
export function accountLinks(filter: AccountFilter) {
  const current: Query = { status: filter.health, provider: filter.provider, q: filter.q }
  const to = (change: Query): string => {
    const pairs = Object.entries({ ...current, ...change }).filter(([, value]) => value) as [string, string][]
    return pairs.length === 0 ? '/accounts' : `/accounts?${new URLSearchParams(pairs)}`
  }
  return { to, filtered: Object.values(current).some(Boolean) }
}
