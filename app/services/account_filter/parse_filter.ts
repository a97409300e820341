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
import { problemSentence, type FilterProblem } from '#services/account_filter/filter_problem'
import { readPieces, type Piece } from '#services/account_filter/filter_words'

/** The providers that a filter may name: by id, or by the key of one that its organization added. */
export interface NamedProviders {
  find(keyOrId: string): { id: string } | null
  all(): readonly { id: string }[]
}

/** `reason` says the problem in English. */
export type ParsedFilter = { ok: true; filter: AccountQuery } | Refused

interface Refused {
  ok: false
  problem: FilterProblem
  reason: string
}

type ReadTerm = { ok: true; term: Term } | Refused

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
  if (text.length > LONGEST) return no({ code: 'long', most: LONGEST, length: text.length })
  const read = readPieces(text)
  if (!read.ok) return no({ code: 'quote', text: read.openAt })
  if (read.pieces.length > MOST_PIECES) return no({ code: 'many', most: MOST_PIECES })
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
  if (piece.value === '') return no({ code: 'empty', name, example: EXAMPLE[name] })
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
  provider: 'provider:acme',
  status: 'status:reconnect',
  health: 'health:reconnect',
  expires: 'expires:<1h',
  grant: 'grant:<14d',
  tag: 'tag:vip',
  owner: 'owner:ana',
  error: 'error:invalid_grant',
  scope: 'scope:chat:read',
}

function isTime(name: Qualifier): name is TimeQualifier {
  return (TIME_QUALIFIERS as readonly string[]).includes(name)
}

function readProvider(value: string, providers: NamedProviders): ReadTerm {
  const found = providers.find(value)
  if (found) return { ok: true, term: { name: 'provider', value: found.id } }
  const known = providers.all().map(({ id }) => id)
  return no({ code: 'provider', value: shown(value), meant: meant(value, known), known: known.join(', ') })
}

function readWord(
  name: 'status' | 'health',
  value: string,
  known: readonly (ConnectionStatus | Health)[]
): ReadTerm {
  const word = known.find((one) => one === value.toLowerCase())
  if (word) return { ok: true, term: { name, value: word } }
  return no({ code: 'word', name, value: shown(value), meant: meant(value, known), known: known.join(', ') })
}

function readTime(name: TimeQualifier, value: string): ReadTerm {
  if (value.toLowerCase() === 'none') return { ok: true, term: { name, bound: { side: 'none' } } }
  const [, sign, rest] = /^([<>])(.+)$/s.exec(value) ?? []
  const bound = sign === undefined ? null : readBound(sign as '<' | '>', rest)
  if (bound) return { ok: true, term: { name, bound } }
  return no({ code: 'time', name, value: shown(value) })
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

function unknownQualifier(qualifier: string, { value }: Piece): Refused {
  const [name, text] = [shown(qualifier), `${shown(qualifier)}:${shown(value)}`]
  return no({
    code: 'qualifier',
    name,
    text,
    meant: meant(qualifier, QUALIFIERS),
    known: QUALIFIERS.join(', '),
  })
}

function meant(word: string, known: readonly string[]): string | null {
  return nearest(word.slice(0, 64).toLowerCase(), known)
}

function shown(text: string): string {
  return cleanText(text, 64)
}

function no(problem: FilterProblem): Refused {
  return { ok: false, problem, reason: problemSentence(problem) }
}
