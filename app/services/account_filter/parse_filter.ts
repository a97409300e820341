import { DateTime } from 'luxon'
import { CONNECTION_STATUSES, type ConnectionStatus } from '#models/connection'
import { cleanText } from '#oauth/clean_text'
import { parseDuration } from '#oauth/duration'
import { nearest } from '#oauth/nearest'
import { HEALTH_WORDS, type Health } from '#services/connection_health'
import {
  QUALIFIERS,
  TIME_QUALIFIERS,
  type AccountQuery,
  type Qualifier,
  type Term,
  type TimeBound,
  type TimeQualifier,
} from '#services/account_filter/account_filter'
import { readPieces, type Piece } from '#services/account_filter/filter_words'

/** The providers that a filter may name: by id, or by the key of one that its organization added. */
export interface NamedProviders {
  find(keyOrId: string): { id: string } | null
  all(): readonly { id: string }[]
}

export type ParsedFilter = { ok: true; filter: AccountQuery } | { ok: false; reason: string }

type ReadTerm = { ok: true; term: Term } | { ok: false; reason: string }

/** Longer texts are no filter that a person wrote; each piece becomes a condition. */
const LONGEST = 1_000
const MOST_PIECES = 30
const STATUSES: readonly (ConnectionStatus | Health)[] = [...HEALTH_WORDS, ...CONNECTION_STATUSES]
const FOREVER = 200 * 365 * 24 * 60 * 60_000

/**
 * Reads a filter such as `provider:acme status:reconnect expires:<1h grant:<14d tag:vip "Ana Lopez"`. What it does not
 * know is refused with a sentence that names the offending word and what is known; nothing is guessed or left out.
 */
export function parseAccountFilter(input: string, providers: NamedProviders): ParsedFilter {
  const text = input.toWellFormed().replaceAll('\0', '')
  if (text.length > LONGEST) return no(`A filter may have ${LONGEST} characters, not ${text.length}.`)
  const read = readPieces(text)
  if (!read.ok) return read
  if (read.pieces.length > MOST_PIECES) return no(`A filter may have ${MOST_PIECES} words and qualifiers.`)
  const terms: Term[] = []
  const words: string[] = []
  for (const piece of read.pieces) {
    if (piece.qualifier === null) {
      if (piece.value !== '') words.push(piece.value)
      continue
    }
    const found = readTerm(piece.qualifier, piece, providers)
    if (!found.ok) return found
    terms.push(found.term)
  }
  return { ok: true, filter: { terms, words } }
}

function readTerm(qualifier: string, piece: Piece, providers: NamedProviders): ReadTerm {
  const name = QUALIFIERS.find((known) => known === qualifier)
  if (name === undefined) return unknownQualifier(qualifier, piece)
  if (piece.value === '') return no(`After "${name}:" stands no value.${EXAMPLE[name]}`)
  if (isTime(name)) return readTime(name, piece.value)
  switch (name) {
    case 'provider':
      return readProvider(piece.value, providers)
    case 'status':
      return readWord(name, piece.value, STATUSES)
    case 'health':
      return readWord(name, piece.value, HEALTH_WORDS)
    default:
      return { ok: true, term: { name, value: piece.value } }
  }
}

const EXAMPLE: Readonly<Record<Qualifier, string>> = {
  provider: '',
  status: ` Known are: ${STATUSES.join(', ')}.`,
  health: ` Known are: ${HEALTH_WORDS.join(', ')}.`,
  expires: ' Write expires:<1h, for example.',
  grant: ' Write grant:<14d, for example.',
  tag: ' Write tag:vip, for example.',
  owner: ' Write owner:ana, for example.',
  error: ' Write error:invalid_grant, for example.',
  scope: ' Write scope:chat:read, for example.',
}

function isTime(name: Qualifier): name is TimeQualifier {
  return (TIME_QUALIFIERS as readonly string[]).includes(name)
}

function readProvider(value: string, providers: NamedProviders): ReadTerm {
  const found = providers.find(value)
  if (found) return { ok: true, term: { name: 'provider', value: found.id } }
  const known = providers.all().map(({ id }) => id)
  return no(`There is no provider "${shown(value)}"${meaning(value, known)} Known are: ${known.join(', ')}.`)
}

function readWord(
  name: 'status' | 'health',
  value: string,
  known: readonly (ConnectionStatus | Health)[]
): ReadTerm {
  const word = known.find((one) => one === value.toLowerCase())
  if (word) return { ok: true, term: { name, value: word } }
  return no(`There is no ${name} "${shown(value)}"${meaning(value, known)} Known are: ${known.join(', ')}.`)
}

function readTime(name: TimeQualifier, value: string): ReadTerm {
  if (value.toLowerCase() === 'none') return { ok: true, term: { name, bound: { side: 'none' } } }
  const [, sign, rest] = /^([<>])(.+)$/s.exec(value) ?? []
  const bound = sign === undefined ? null : readBound(sign as '<' | '>', rest)
  if (bound) return { ok: true, term: { name, bound } }
  return no(
    `"${name}:${shown(value)}" is no time. Write ${name}:<1h for less than an hour from now, ${name}:>7d for more ` +
      `than a week, ${name}:<2030-01-31 for before a date, or ${name}:none for no known end.`
  )
}

function readBound(side: '<' | '>', text: string): TimeBound | null {
  try {
    const within = parseDuration(text)
    return within <= FOREVER ? { side, within } : null
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  const at = /^\d{4}-/.test(text) ? DateTime.fromISO(text, { zone: 'utc' }) : DateTime.invalid('no date')
  return at.isValid && at.year >= 1970 && at.year <= 9999 ? { side, at: at.toMillis() } : null
}

function unknownQualifier(qualifier: string, { value }: Piece): { ok: false; reason: string } {
  const text = `${shown(qualifier)}:${shown(value)}`
  return no(
    `There is no qualifier "${shown(qualifier)}"${meaning(qualifier, QUALIFIERS)} Known are: ${QUALIFIERS.join(', ')}. ` +
      `To search for the text itself, put it in quotes: "${text}".`
  )
}

function meaning(word: string, known: readonly string[]): string {
  const meant = nearest(word.slice(0, 64).toLowerCase(), known)
  return meant === null ? '.' : `; did you mean "${meant}"?`
}

function shown(text: string): string {
  return cleanText(text, 64)
}

function no(reason: string): { ok: false; reason: string } {
  return { ok: false, reason }
}
