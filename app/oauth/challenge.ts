import { isScopeToken } from '#oauth/scope_token'

/** One challenge of a `WWW-Authenticate` header. Scheme and parameter names are in lower case. */
export interface Challenge {
  scheme: string
  params: ReadonlyMap<string, string>
}

/** What a bearer challenge says about getting a token (RFC 6750 §3, RFC 9728 §5.1). */
export interface BearerChallenge {
  /** Where the resource describes itself. */
  resourceMetadata: string | null
  /** The scopes that the request needs; null where the challenge names none. */
  scopes: string[] | null
  /** `invalid_token`, `insufficient_scope` and the like. */
  error: string | null
}

const MOST_SCOPES = 100

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const EQUALS = /[ \t]*=[ \t]*/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy
const TOKEN68 = /[ \t]+[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|$)/y
const SEPARATORS = /[ \t,]*/y

/**
 * Reads a `WWW-Authenticate` value (RFC 9110 §11.6.1): any number of challenges, in one header or joined from several,
 * with quoted strings, empty list elements and any case. Of a parameter that is named twice the first counts. Reading
 * ends where the text stops following the grammar; what was complete until then is returned. Never throws.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; params: Map<string, string> }[] = []
  const reader = readerOf(header)
  while (true) {
    reader.take(SEPARATORS)
    const name = reader.take(TOKEN)?.[0].toLowerCase()
    if (name === undefined) return challenges
    const current = challenges.at(-1)
    const value = current && reader.take(EQUALS) ? valueOf(reader) : undefined
    if (value === null) return challenges
    if (current && value !== undefined) {
      if (!current.params.has(name)) current.params.set(name, value)
      continue
    }
    challenges.push({ scheme: name, params: new Map() })
    reader.take(TOKEN68)
  }
}

/** The bearer challenge of a header: the first that names its metadata, else the first one; null without any. */
export function bearerChallenge(header: string | null): BearerChallenge | null {
  const bearer = parseChallenges(header ?? '').filter(({ scheme }) => scheme === 'bearer')
  const chosen = bearer.find(({ params }) => params.has('resource_metadata')) ?? bearer.at(0)
  if (!chosen) return null
  const { params } = chosen
  const scopes = (params.get('scope') ?? '').split(/\s+/).filter(isScopeToken)
  return {
    resourceMetadata: params.get('resource_metadata') || null,
    scopes: scopes.length > 0 ? [...new Set(scopes)].slice(0, MOST_SCOPES) : null,
    error: params.get('error') || null,
  }
}

type Reader = ReturnType<typeof readerOf>

function readerOf(text: string) {
  let position = 0
  return {
    /** What the pattern finds at this very place, which is then behind us; null where it does not fit. */
    take(pattern: RegExp): RegExpExecArray | null {
      pattern.lastIndex = position
      const found = pattern.exec(text)
      if (found) position = pattern.lastIndex
      return found
    },
  }
}

function valueOf(reader: Reader): string | null {
  const quoted = reader.take(QUOTED)
  if (quoted) return quoted[1].replace(/\\(.)/gs, '$1')
  return reader.take(TOKEN)?.[0] ?? null
}
