import { printTerm } from '#services/account_filter/print_filter'
import type { AccountFilter } from '#services/account_list'
import { NEWEST_FIRST, printSort, type AccountSort, type SortKey } from '#services/account_sort'
import type { KeptView } from '#services/saved_views'
import type { Translate } from '#transformers/translate'

type Query = Partial<Record<'status' | 'provider' | 'q' | 'sort' | 'cursor' | 'shown', string | null>>

/** A selection that people return to, as a link; `id` where it is the person's own. */
export interface SavedView {
  id: string | null
  label: string
  href: string
  current: boolean
}

/** A way to sort by a column: its address, and how the list is sorted by it now. */
export interface SortLink {
  href: string
  order: 'ascending' | 'descending' | null
}

/** What somebody wants to see first where they sort by a time that has passed. */
const LATEST_FIRST: ReadonlySet<SortKey> = new Set(['last', 'added'])

const NEEDS_ACTION = 'status:reconnect'
const DUE_SOON = 'expires:<1h'

/** Whether a list is one where grants that end soon matter: all accounts, those that need somebody, those that are due. */
export function concernsEnds({
  health,
  provider,
  q,
}: Pick<AccountFilter, 'health' | 'provider' | 'q'>): boolean {
  return !health && !provider && [null, NEEDS_ACTION, DUE_SOON].includes(q)
}

/** Builds addresses of the account list from the current filter and a change to it; every filter lives in the URL. */
export function accountLinks(
  filter: Pick<AccountFilter, 'health' | 'provider' | 'q'>,
  sort: AccountSort = NEWEST_FIRST
) {
  const current: Query = {
    ...{ status: filter.health, provider: filter.provider, q: filter.q },
    sort: printSort(sort),
  }
  const to = (change: Query): string => address({ ...current, ...change })
  return {
    to,
    sort: printSort(sort),
    filtered: Boolean(filter.health || filter.provider || filter.q),
    /** What stands behind the `?`: empty where nothing does. */
    query: to({}).split('?')[1] ?? '',
    /** The same selection at another address, such as its export. */
    at: (path: string, more: Record<string, string>): string =>
      `${path}?${new URLSearchParams({ ...Object.fromEntries(pairs(current)), ...more })}`,
    sorted: (key: SortKey): SortLink => sortLink(key, sort, to),
  }
}

/** The views that everybody has, then the person's own. `email`: whoever looks. */
export function accountViews(
  links: Pick<ReturnType<typeof accountLinks>, 'query'>,
  own: readonly KeptView[],
  email: string,
  t: Translate
): SavedView[] {
  const mine = printTerm({ name: 'owner', value: email })
  const fixed: [string, string | null][] = [
    [t('accounts.views.all'), null],
    [t('accounts.views.action'), NEEDS_ACTION],
    [t('accounts.views.due'), DUE_SOON],
    [t('accounts.views.paused'), 'status:paused'],
    [t('accounts.views.mine'), mine],
  ]
  const views = [
    ...fixed.map(([label, q]) => ({ id: null, label, href: address({ q }) })),
    ...own.map(({ id, name, query }) => ({
      id,
      label: name,
      href: query ? `/accounts?${query}` : '/accounts',
    })),
  ]
  const here = links.query ? `/accounts?${links.query}` : '/accounts'
  return views.map((view) => ({ ...view, current: view.href === here }))
}

function sortLink(key: SortKey, sort: AccountSort, to: (change: Query) => string): SortLink {
  const isCurrent = sort.key === key
  const descending = isCurrent ? !sort.descending : LATEST_FIRST.has(key)
  return {
    href: to({ sort: printSort({ key, descending }) }),
    order: isCurrent ? (sort.descending ? 'descending' : 'ascending') : null,
  }
}

function address(query: Query): string {
  const found = pairs(query)
  return found.length === 0 ? '/accounts' : `/accounts?${new URLSearchParams(found)}`
}

function pairs(query: Query): [string, string][] {
  return Object.entries(query).filter(([, value]) => value) as [string, string][]
}
