import { readAnswer } from '#oauth/answer'
import { bearerChallenge, type BearerChallenge } from '#oauth/challenge'
import { endpointFault } from '#oauth/check_provider'
import { faultWords } from '#oauth/fault'
import { cleanText } from '#oauth/clean_text'
import type { JsonObject } from '#oauth/own'
import { isScopeToken } from '#oauth/scope_token'
import { failed } from '#oauth/server_metadata'
import type { Exchange, Failure, OutgoingRequest, Transport } from '#oauth/types'

/** What a protected resource says about itself. */
export interface ProtectedResource {
  /** Its identifier, exactly as the document writes it: the value of `resource` in every request for a token. */
  resource: string
  /** Issuers of the authorization servers that it trusts, at least one. */
  authorizationServers: string[]
  /** What to ask for: the scopes of the challenge, else those that the resource lists; empty where neither says. */
  scopes: string[]
  name: string | null
}

export type ResourceResult = { ok: true; resource: ProtectedResource } | { ok: false; failure: Failure }

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const MOST_SERVERS = 5
const MOST_SCOPES = 100

/**
 * Where a resource publishes its metadata when no challenge says so: the well-known path with the resource's own path
 * behind it (RFC 9728 §3.1), then the root form. A resource without a path has one.
 */
export function resourceMetadataUrls(resource: string): string[] {
  const { origin, pathname, search } = new URL(resource)
  const path = pathname.replace(/\/$/, '')
  return [...new Set([`${origin}${WELL_KNOWN}${path}${search}`, `${origin}${WELL_KNOWN}`])]
}

/**
 * Asks an MCP server who gives out its tokens. First a request without a token: a `ping`, which every server must
 * understand and which changes nothing. Its 401 may name the document; that address must lie on the server's own
 * origin, and no other place is asked then. Failures are values; no redirect is followed.
 */
export async function discoverResource(
  transport: Transport,
  url: string,
  options: { deadline: number; allowPrivate: boolean }
): Promise<ResourceResult> {
  const probe = await transport.send(probeRequest(url), options)
  const unreachable = probe.ok ? null : notReached(probe)
  if (unreachable) return unreachable
  const challenge = challengeOf(probe)
  const named = challenge?.resourceMetadata ?? null
  if (named !== null && !isSameOrigin(named, url)) {
    return failed('configuration', 'metadata_elsewhere', `${url} points to metadata on another server`)
  }
  let result: ResourceResult = failed('configuration', 'no_resource_metadata', null)
  for (const place of named === null ? resourceMetadataUrls(url) : [named]) {
    const request: OutgoingRequest = { method: 'GET', url: place, headers: { accept: 'application/json' } }
    result = readResourceMetadata(url, await transport.send(request, options), options.allowPrivate)
    if (result.ok || result.failure.code !== 'no_resource_metadata') break
  }
  if (!result.ok) return result
  return { ok: true, resource: { ...result.resource, scopes: challenge?.scopes ?? result.resource.scopes } }
}

/** The request that provokes the challenge (MCP, basic utilities: `ping`). */
export function probeRequest(url: string): OutgoingRequest {
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json, text/event-stream' },
    body: { format: 'json', fields: { jsonrpc: '2.0', id: 'evergrant', method: 'ping' } },
  }
}

/**
 * Judges a protected-resource document (RFC 9728 §3.2). Its `resource` must cover the address that was asked for: same
 * origin, and a path that equals the asked one or is the beginning of it at a `/`. RFC 9728 §3.3 wants the two to be
 * equal; servers that describe themselves by a parent path are common, and the parent is still the same host's word.
 */
export function readResourceMetadata(
  asked: string,
  exchange: Exchange,
  allowPrivate: boolean
): ResourceResult {
  if (!exchange.ok) return notReached(exchange) ?? failed('not_sent', exchange.code, exchange.description)
  const { status } = exchange
  if (status === 429 || status >= 500) return failed('unavailable', `http_${status}`, null, status)
  if (status >= 300 && status < 400) {
    return failed('configuration', 'redirected', `The metadata of ${asked} has moved`, status)
  }
  const answer = status === 200 ? readAnswer(exchange) : null
  if (answer?.kind !== 'object') {
    return failed('configuration', 'no_resource_metadata', `${asked} publishes no metadata`, status)
  }
  const { body } = answer
  if (typeof body.resource !== 'string' || !covers(body.resource, asked)) {
    const named = typeof body.resource === 'string' ? cleanText(body.resource, 255) : 'none'
    return failed('configuration', 'resource_mismatch', `Asked for ${asked}, answered for ${named}`, status)
  }
  return described(body.resource, body, allowPrivate)
}

/** The bearer challenge of a refused request; null where the answer is no refusal or carries none. */
export function challengeOf(exchange: Exchange): BearerChallenge | null {
  if (!exchange.ok || (exchange.status !== 401 && exchange.status !== 403)) return null
  return bearerChallenge(exchange.headers.get('www-authenticate'))
}

function described(resource: string, body: JsonObject, allowPrivate: boolean): ResourceResult {
  const issuers = texts(body.authorization_servers, MOST_SERVERS)
  const problems = issuers.flatMap((issuer) => {
    const wrong = endpointFault(issuer, allowPrivate)
    return wrong ? [`authorization_servers: ${faultWords(wrong)}`] : []
  })
  if (issuers.length === 0) {
    return failed('configuration', 'no_authorization_server', `${resource} names no authorization server`)
  }
  if (problems.length > 0)
    return failed('configuration', 'unsafe_metadata', problems.join('; ').slice(0, 1_000))
  const name = typeof body.resource_name === 'string' ? cleanText(body.resource_name, 80) : ''
  return {
    ok: true,
    resource: {
      resource,
      authorizationServers: issuers,
      scopes: texts(body.scopes_supported, MOST_SCOPES).filter(isScopeToken),
      name: name === '' ? null : name,
    },
  }
}

/** True where `resource` names the asked address or a place above it on the same origin. */
function covers(resource: string, asked: string): boolean {
  if (!URL.canParse(resource)) return false
  const [one, other] = [new URL(resource), new URL(asked)]
  if (one.origin !== other.origin || one.hash || one.username || one.password) return false
  if (one.search && one.search !== other.search) return false
  const [above, below] = [one, other].map(({ pathname }) => `${pathname.replace(/\/$/, '')}/`)
  return below.startsWith(above)
}

function isSameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).origin === new URL(other).origin
}

function texts(value: unknown, most: number): string[] {
  const list = Array.isArray(value) ? value.slice(0, most) : []
  return [...new Set(list.filter((item) => typeof item === 'string' && item !== ''))]
}

// Which of our own rules the address breaks is the operator's to know, and to mend.
function notReached(exchange: Extract<Exchange, { ok: false }>) {
  const ours = ['address_refused', 'insecure_url', 'invalid_request'].includes(exchange.code)
  return failed(ours ? 'configuration' : 'not_sent', exchange.code, exchange.description)
}
