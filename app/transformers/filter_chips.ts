import type { AccountQuery } from '#services/account_filter/account_filter'
import { printAccountFilter, printTerm, printWord } from '#services/account_filter/print_filter'
import type { AccountFilter } from '#services/account_list'
import { HEALTH } from '#services/connection_health'
import type { ProviderFacts } from '#services/provider_facts'
import type { accountLinks } from '#transformers/account_links'

/** One condition of the list's filter, and the address without it. */
export interface FilterChip {
  text: string
  without: string
}

/** Every condition that narrows the list as a chip of its own: the choices of the fields, then each part of the search. */
export function filterChips(
  filter: AccountFilter,
  facts: Pick<ProviderFacts, 'look'>,
  links: Pick<ReturnType<typeof accountLinks>, 'to'>
): FilterChip[] {
  const { health, provider, q, search, problem } = filter
  const chips: FilterChip[] = []
  if (health) chips.push({ text: `Status: ${HEALTH[health].label}`, without: links.to({ status: null }) })
  if (provider) {
    const { name } = facts.look(provider)
    chips.push({ text: `Provider: ${name}`, without: links.to({ provider: null }) })
  }
  if (q && problem) return [...chips, { text: `Search: ${q}`, without: links.to({ q: null }) }]
  const rest = (one: Partial<AccountQuery>) =>
    links.to({ q: printAccountFilter({ ...search, ...one }) || null })
  const terms = search.terms.map((term) => ({
    text: printTerm(term),
    without: rest({ terms: search.terms.filter((other) => other !== term) }),
  }))
  const words = search.words.map((word, index) => ({
    text: `Search: ${printWord(word)}`,
    without: rest({ words: search.words.filter((_, other) => other !== index) }),
  }))
  return [...chips, ...terms, ...words]
}
