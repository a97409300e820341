import { processDiscoveryResponse } from 'oauth4webapi'
import { readAnswer } from '#oauth/answer'
import { endpointFault } from '#oauth/check_provider'
import { faultWords } from '#oauth/fault'
import type { AuthorizationServer, Exchange, Failure } from '#oauth/types'

export type MetadataResult = { ok: true; server: AuthorizationServer } | { ok: false; failure: Failure }

/**
 * Where an issuer may publish its metadata, in the order to ask: RFC 8414 §3.1, then the two places of OpenID Connect
 * Discovery. An issuer without a path has two.
 */
export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const urls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
  return [...new Set(urls)]
}

/**
 * Judges a metadata document. Refused unless its `issuer` is exactly the one asked for (RFC 8414 §3.3), and unless each
 * endpoint is https at a public host, where private ones are not allowed. Only the fields we know are taken.
 */
export async function readMetadataDocument(
  issuer: string,
  exchange: Exchange,
  allowPrivate: boolean
): Promise<MetadataResult> {
  if (!exchange.ok) return failed('not_sent', exchange.code, exchange.description)
  const { status } = exchange
  if (status === 429 || status >= 500) return failed('unavailable', `http_${status}`, null, status)
  if (status !== 200) return failed('configuration', 'no_metadata', `${issuer} answers ${status}`, status)
  const answer = readAnswer(exchange)
  if (answer.kind !== 'object') {
    return failed('configuration', 'no_metadata', `${issuer} does not answer with a JSON object`, status)
  }
  if (answer.body.issuer !== issuer) {
    const named = typeof answer.body.issuer === 'string' ? answer.body.issuer.slice(0, 255) : 'none'
    return failed('configuration', 'issuer_mismatch', `Asked for ${issuer}, answered for ${named}`, status)
  }
  return checkEndpoints(await processed(issuer, answer.body), allowPrivate)
}

async function processed(issuer: string, body: Record<string, unknown>): Promise<AuthorizationServer> {
  const headers = { 'content-type': 'application/json' }
  const document = await processDiscoveryResponse(
    new URL(issuer),
    new Response(JSON.stringify(body), { headers })
  )
  const server: AuthorizationServer = { issuer }
  for (const field of ENDPOINTS) {
    if (typeof document[field] === 'string') server[field] = document[field]
  }
  for (const field of LISTS) {
    const list: unknown = document[field]
    if (Array.isArray(list)) server[field] = list.filter((item) => typeof item === 'string')
  }
  for (const field of PROMISES) if (document[field] === true) server[field] = true
  return server
}

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'revocation_endpoint',
  'userinfo_endpoint',
  'introspection_endpoint',
  'registration_endpoint',
] as const

const LISTS = [
  'token_endpoint_auth_methods_supported',
  'code_challenge_methods_supported',
  'scopes_supported',
] as const

const PROMISES = [
  'authorization_response_iss_parameter_supported',
  'client_id_metadata_document_supported',
] as const

/**
 * Why a server cannot be trusted with a code, by what MCP asks of it: PKCE with S256, announced in the metadata, since
 * a server that says nothing may ignore the challenge. Null where all is well.
 */
export function pkceFailure(server: AuthorizationServer): Failure | null {
  const methods = server.code_challenge_methods_supported
  if (methods?.includes('S256')) return null
  const says = methods ? `offers only ${methods.join(', ').slice(0, 100)}` : 'does not say that it knows PKCE'
  return failed('configuration', 'no_pkce', `${server.issuer} ${says}`).failure
}

function checkEndpoints(server: AuthorizationServer, allowPrivate: boolean): MetadataResult {
  const problems = ENDPOINTS.flatMap((field) => {
    const endpoint = server[field]
    const wrong = endpoint === undefined ? null : endpointFault(endpoint, allowPrivate)
    return wrong ? [`${field}: ${faultWords(wrong)}`] : []
  })
  if (problems.length === 0) return { ok: true, server }
  return failed('configuration', 'unsafe_metadata', problems.join('; ').slice(0, 1_000))
}

/** A discovery that came to nothing, as a value. No token was spent, so it is never `ambiguous`. */
export function failed(
  kind: 'not_sent' | 'unavailable' | 'configuration',
  code: string,
  description: string | null,
  status: number | null = null
): { ok: false; failure: Failure } {
  return { ok: false, failure: { class: kind, code, description, status, retryAfter: null } }
}
