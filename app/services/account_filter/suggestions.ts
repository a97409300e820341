import { QUALIFIERS, type Qualifier } from '#services/account_filter/account_filter'
import { printPiece } from '#services/account_filter/filter_words'
import { HEALTH_WORDS } from '#services/connection_health'

/** What the search could go on with: the whole text up to the caret once it is taken, and what it is about. */
export interface Suggestion {
  text: string
  /** The qualifier with its value, as it will stand in the search. */
  piece: string
  qualifier: Qualifier
  /** Only the qualifier: its value is to be written yet. */
  open: boolean
}

/** The values that a qualifier knows; those of people (tags, owners and so on) are looked up by whoever asks. */
export type Values = (qualifier: Qualifier) => readonly string[]

/** Times that people ask for. */
export const TIMES: Readonly<Record<'expires' | 'grant', readonly string[]>> = {
  expires: ['<1h', '<24h', '<7d', 'none'],
  grant: ['<3d', '<14d', '<30d', 'none'],
}
export const STATUS_WORDS: readonly string[] = [...HEALTH_WORDS, 'disconnected', 'suspended']

const MOST = 8
/** The last piece of the text: a qualifier with the begin of its value, or a word. */
const LAST = /(?:^|\s)(?:([a-z_]+):)?("?)([^\s"]*)$/i

/** The qualifier whose value is being written; null where it is a word yet. */
export function qualifierAtEnd(text: string): Qualifier | null {
  const written = LAST.exec(text)?.[1]?.toLowerCase()
  return QUALIFIERS.find((known) => known === written) ?? null
}

/** What could stand at the end of this text instead of its last piece; at most eight. Pure. */
export function suggestions(text: string, values: Values): Suggestion[] {
  const found = LAST.exec(text)
  if (!found) return []
  const [whole, , quote, rest] = found
  const before = text.slice(0, found.index) + (/^\s/.test(whole) ? whole[0] : '')
  const qualifier = qualifierAtEnd(text)
  const begin = rest.toLowerCase()
  const make = (name: Qualifier, piece: string, open: boolean): Suggestion => ({
    ...{ text: before + piece + (open ? '' : ' '), piece, qualifier: name, open },
  })
  if (qualifier === null) {
    if (quote !== '' || found[1] !== undefined) return []
    const fitting = QUALIFIERS.filter((name) => name.startsWith(begin))
    return fitting.slice(0, MOST + 1).map((name) => make(name, `${name}:`, true))
  }
  const fitting = values(qualifier).filter((value) => value.toLowerCase().startsWith(begin))
  return fitting.slice(0, MOST).map((value) => make(qualifier, printPiece({ qualifier, value }), false))
}
