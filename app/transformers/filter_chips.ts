import type { AccountQuery } from '#services/account_filter/account_filter'
import { printAccountFilter, printTerm, printWord } from '#services/account_filter/print_filter'
import type { AccountFilter } from '#services/account_list'
import { HEALTH_WORDS } from '#services/connection_health'
import type { ProviderFacts } from '#services/provider_facts'
import type { accountLinks } from '#transformers/account_links'
import type { Translate } from '#transformers/translate'

/** One condition of the list's filter, the address without it, and the filter that is left then. */
export interface FilterChip {
  text: string
  without: string
  rest: Pick<AccountFilter, 'health' | 'provider' | 'search'>
}

/**
 * Every condition that narrows the list as a chip of its own: the choices of the fields, then each part of the search. A
 * search that was refused narrows nothing.
 */
export function filterChips(
  filter: AccountFilter,
  facts: Pick<ProviderFacts, 'look'>,
  links: Pick<ReturnType<typeof accountLinks>, 'to'>,
  t: Translate
): FilterChip[] {
  const { health, provider, search } = filter
  const fields = { health, provider, search }
  const chips: FilterChip[] = []
  if (health) {
    const text = t('accounts.chips.status', { value: t(`health.${health}.label`) })
    chips.push({ text, without: links.to({ status: null }), rest: { ...fields, health: null } })
  }
  if (provider) {
    const text = t('accounts.chips.provider', { value: facts.look(provider).name })
    chips.push({ text, without: links.to({ provider: null }), rest: { ...fields, provider: null } })
  }
  const chip = (text: string, left: Partial<AccountQuery>): FilterChip => {
    const rest = { ...search, ...left }
    const without = links.to({ q: printAccountFilter(rest) || null })
    return { text, without, rest: { ...fields, search: rest } }
  }
  const terms = search.terms.map((term) =>
    chip(printTerm(term), { terms: search.terms.filter((other) => other !== term) })
  )
  const words = search.words.map((word, index) =>
    chip(t('accounts.chips.search', { value: printWord(word) }), {
      words: search.words.filter((_, other) => other !== index),
    })
  )
  return [...chips, ...terms, ...words]
}

/** What the search itself says of a field of the filter, in the field's words; null where it says nothing of it. */
export function saidBySearch(
  { search }: Pick<AccountFilter, 'search'>,
  facts: Pick<ProviderFacts, 'look'>,
  t: Translate
): Record<'status' | 'provider', string | null> {
  const said = (name: 'status' | 'provider', label: (value: string) => string) => {
    const terms = search.terms.filter((term) => 'value' in term && term.name === name)
    return terms.map((term) => ('value' in term ? label(term.value) : '')).join(', ') || null
  }
  const isHealth = (value: string) => HEALTH_WORDS.some((word) => word === value)
  return {
    status: said('status', (value) => (isHealth(value) ? t(`health.${value}.label`) : value)),
    provider: said('provider', (value) => facts.look(value).name),
  }
}
