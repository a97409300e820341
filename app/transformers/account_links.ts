import type { AccountFilter } from '#services/account_list'

type Query = Partial<Record<'status' | 'provider' | 'q' | 'cursor', string | null>>

/** A selection that people return to, as a link. */
export interface SavedView {
  label: string
  href: string
  current: boolean
}

const VIEWS: readonly { label: string; q: string | null }[] = [
  { label: 'All', q: null },
  { label: 'Needs action', q: 'status:reconnect' },
  { label: 'Due soon', q: 'expires:<1h' },
  { label: 'Paused', q: 'status:paused' },
]

/** Builds addresses of the account list from the current filter and a change to it; every filter lives in the URL. */
export function accountLinks(filter: Pick<AccountFilter, 'health' | 'provider' | 'q'>) {
  const current: Query = { status: filter.health, provider: filter.provider, q: filter.q }
  const to = (change: Query): string => address({ ...current, ...change })
  const isUnfiltered = !Object.values(current).some(Boolean)
  const views = VIEWS.map(({ label, q }): SavedView => {
    const isView = q === null ? isUnfiltered : filter.q === q && !filter.health && !filter.provider
    return { label, href: address({ q }), current: isView }
  })
  return { to, filtered: !isUnfiltered, views }
}

function address(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value) as [string, string][]
  return pairs.length === 0 ? '/accounts' : `/accounts?${new URLSearchParams(pairs)}`
}
