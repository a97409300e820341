import { DateTime } from 'luxon'
import type { AccountQuery, Term, TimeBound } from '#services/account_filter/account_filter'
import { printPiece } from '#services/account_filter/filter_words'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** The text of a filter; `parseAccountFilter` reads the same filter from it. */
export function printAccountFilter({ terms, words }: AccountQuery): string {
  return [...terms.map(printTerm), ...words.map(printWord)].join(' ')
}

/** The text of one term, as chips show it. */
export function printTerm(term: Term): string {
  const value = 'bound' in term ? printBound(term.bound) : term.value
  return printPiece({ qualifier: term.name, value })
}

/** The text of one word, as chips show it. */
export function printWord(word: string): string {
  return printPiece({ qualifier: null, value: word })
}

function printBound(bound: TimeBound): string {
  if (bound.side === 'none') return 'none'
  if ('at' in bound) return bound.side + DateTime.fromMillis(bound.at, { zone: 'utc' }).toISO()
  return bound.side + printDuration(bound.within)
}

function printDuration(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => milliseconds > 0 && milliseconds % size === 0) ?? ['ms', 1]
  return `${milliseconds / length}${unit}`
}
