import { readAnswer, reportsError } from '#oauth/answer'
import { classifyFailure } from '#oauth/classify_failure'
import { cleanText } from '#oauth/clean_text'
import { lifetimeUntil, LONGEST_GRANT, LONGEST_TOKEN, readLifetime } from '#oauth/lifetime'
import { at, isObject, optionalText, type JsonObject } from '#oauth/own'
import { Secret } from '#oauth/secret'
import type { Exchange, Provider, TokenResult, TokenSet } from '#oauth/types'

type Read = (field: string) => unknown

/**
 * Judges the answer of a token endpoint (RFC 6749 §5). Pure, and never throws, whatever the body holds. Success needs a
 * 2xx, a decoded object without an error in it, and an access token that can be sent. Everything else about the tokens
 * may be wrong without losing them: it becomes null and a warning. `presented` are the secrets of the request.
 */
export function readTokenResponse(
  provider: Provider,
  exchange: Exchange,
  presented: readonly Secret[] = []
): TokenResult {
  const { receivedAt } = exchange
  const body = exchange.ok ? successBody(provider, exchange) : null
  const warnings: string[] = []
  const tokens = body && readTokens(provider, body, receivedAt, warnings)
  if (tokens) return { ok: true, tokens, warnings, receivedAt }
  return { ok: false, failure: classifyFailure(provider, exchange, 'token', presented), receivedAt }
}

function successBody(provider: Provider, exchange: Extract<Exchange, { ok: true }>): JsonObject | null {
  if (exchange.status < 200 || exchange.status > 299) return null
  const answer = readAnswer(exchange)
  if (answer.kind !== 'object' || reportsError(answer.body, provider.responsePaths)) return null
  if (!provider.readTokenSet) return answer.body
  try {
    const body: unknown = provider.readTokenSet(answer.body)
    return isObject(body) && !reportsError(body, provider.responsePaths) ? body : null
  } catch {
    // A definition reads the shape it knows; a body of another shape is no success.
    return null
  }
}

function readTokens(
  provider: Provider,
  body: JsonObject,
  receivedAt: number,
  warnings: string[]
): TokenSet | null {
  const paths = provider.responsePaths
  const read: Read = (field) => at(body, Object.hasOwn(paths, field) ? paths[field] : field)
  const accessToken = read('access_token')
  if (!isSendable(accessToken)) return null
  return {
    access_token: new Secret(accessToken),
    refresh_token: readSecret(read, 'refresh_token', warnings),
    token_type: readTokenType(read('token_type'), warnings),
    expiresIn: readExpiry(provider, read, receivedAt, warnings),
    scopes: readScopes(read('scope'), provider.scopeSeparator),
    grantExpiresIn: readLifetime(read('refresh_token_expires_in'), provider.expiresInUnit, LONGEST_GRANT),
    id_token: readSecret(read, 'id_token', warnings),
    metadata: readMetadata(provider, (path) => at(body, path)),
  }
}

// RFC 6750 §2.1 lets a token hold visible ASCII only; anything else could not be put into a header.
function isSendable(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(token)
}

function readSecret(read: Read, field: 'refresh_token' | 'id_token', warnings: string[]): Secret | null {
  const value = read(field)
  if (typeof value === 'string' && value.trim() !== '') return new Secret(value)
  const absent = value === undefined || value === null || value === ''
  if (!absent) warnings.push(`${field} is not a text and was ignored`)
  return null
}

function readTokenType(value: unknown, warnings: string[]): string {
  const type = cleanText(optionalText(value) ?? 'Bearer', 64)
  if (type.toLowerCase() === 'bearer' || type === '') return 'Bearer'
  warnings.push(`token_type is "${type}", not Bearer`)
  return type
}

function readExpiry(provider: Provider, read: Read, now: number, warnings: string[]): number | null {
  if (Object.hasOwn(provider.responsePaths, 'expires_at')) {
    const left = lifetimeUntil(read('expires_at'), now, LONGEST_TOKEN)
    if (left !== null) return left
  }
  const value = read('expires_in')
  if (value === undefined || value === null || value === '') return null
  const lifetime = readLifetime(value, provider.expiresInUnit, LONGEST_TOKEN)
  if (lifetime === null) warnings.push('expires_in names no time ahead and was ignored')
  if (lifetime === LONGEST_TOKEN) warnings.push('expires_in is implausibly long and was cut to 400 days')
  return lifetime
}

/** Scopes as an array, or as text split by space, comma or the provider's separator; null (unchanged) where empty. */
function readScopes(value: unknown, separator: string): string[] | null {
  const texts = [value].flat().filter((item) => typeof item === 'string')
  const scopes = texts
    .flatMap((text) => text.split(separator).flatMap((part) => part.split(/[\s,]+/)))
    .map((scope) => cleanText(scope, 255))
    .filter((scope) => scope !== '')
  return scopes.length === 0 ? null : [...new Set(scopes)]
}

/** The values that a definition keeps (`metadataPaths`), from wherever `read` looks. Absent ones are left out. */
export function readMetadata(provider: Provider, read: (path: string) => unknown): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, path] of Object.entries(provider.metadataPaths)) {
    const value = optionalText(read(path))
    if (value !== undefined) found[name] = cleanText(value, 2_048)
  }
  return found
}
