/** Qualifiers whose value is compared as a text. */
export const TEXT_QUALIFIERS = ['provider', 'status', 'health', 'owner', 'error', 'tag', 'scope'] as const
/** Qualifiers about an instant: `expires` the token's end, `grant` the grant's. */
export const TIME_QUALIFIERS = ['expires', 'grant'] as const

export type TextQualifier = (typeof TEXT_QUALIFIERS)[number]
export type TimeQualifier = (typeof TIME_QUALIFIERS)[number]
export type Qualifier = TextQualifier | TimeQualifier

/** Every word that may stand before a colon, in the order in which sentences list them. */
export const QUALIFIERS: readonly Qualifier[] = [
  'provider',
  'status',
  'health',
  'expires',
  'grant',
  'tag',
  'owner',
  'error',
  'scope',
]

/** A bound in time: so many milliseconds from now, an instant in milliseconds, or no end at all. */
export type TimeBound =
  | { side: '<' | '>'; within: number }
  | { side: '<' | '>'; at: number }
  /** There is no end that anybody knows of. */
  | { side: 'none' }

export type Term = { name: TextQualifier; value: string } | { name: TimeQualifier; bound: TimeBound }

/**
 * A selection of accounts. The same single-valued qualifier twice means either of its values; everything else must hold
 * all at once, and so must every word.
 */
export interface AccountQuery {
  terms: readonly Term[]
  /** Each must occur in a name, an id, the owner or a tag. */
  words: readonly string[]
}

export const EVERYTHING: AccountQuery = { terms: [], words: [] }

/** Whether the filter leaves nothing out. */
export function isEverything({ terms, words }: AccountQuery): boolean {
  return terms.length === 0 && words.length === 0
}

/** Both at once. */
export function and(one: AccountQuery, other: AccountQuery): AccountQuery {
  return { terms: [...one.terms, ...other.terms], words: [...one.words, ...other.words] }
}
