import { createHash, timingSafeEqual } from 'node:crypto'
import { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from 'oauth4webapi'
import { classOfOAuthError } from '#oauth/classify_failure'
import { describeForOperator } from '#oauth/clean_text'
import { readMetadata } from '#oauth/read_token_response'
import { Secret } from '#oauth/secret'
import { fillEndpoint, fillValue, RequestError } from '#oauth/template'
import { renamed } from '#oauth/token_endpoint'
import type { AuthorizationServer, Failure, Provider } from '#oauth/types'

/** What must be remembered until the redirect comes back. Plain JSON, bound to one browser by the session it lies in. */
export interface PendingAuthorization {
  provider: string
  state: string
  codeVerifier: string | null
  nonce: string | null
  redirectUri: string
  scopes: string[]
  config: Record<string, string>
}

export interface BeginInput {
  provider: Provider
  server: AuthorizationServer
  redirectUri: string
  extraScopes?: readonly string[]
  /** The variables that the person filled in, for providers that have some. */
  config?: Readonly<Record<string, string>>
}

/**
 * The URL that a person is sent to (RFC 6749 §4.1.1) and what to remember meanwhile: a state of 256 bits, the PKCE
 * verifier of an S256 challenge (RFC 7636 §4.2) and, for OpenID requests, a nonce. Throws `RequestError` where client,
 * endpoint or a variable is missing.
 */
export function beginAuthorization(input: BeginInput): {
  url: string
  pending: PendingAuthorization
} {
  const { provider, server, redirectUri, extraScopes = [], config = {} } = input
  if (!provider.client) throw new RequestError('no_client', `${provider.name} has no client registration`)
  if (!server.authorization_endpoint) {
    throw new RequestError('no_authorization_endpoint', `${provider.name} has no authorization endpoint`)
  }
  const scopes = [...new Set([...provider.scopes, ...extraScopes])]
  const pending: PendingAuthorization = {
    provider: provider.id,
    state: generateRandomState(),
    codeVerifier: provider.pkce ? generateRandomCodeVerifier() : null,
    nonce: scopes.includes('openid') ? generateRandomNonce() : null,
    redirectUri,
    scopes,
    config: { ...config },
  }
  const url = new URL(fillEndpoint(server.authorization_endpoint, provider, { config }))
  const fields = renamed(requestFields(provider, provider.client.client_id, pending), provider.paramNames)
  for (const [name, value] of Object.entries(provider.authorizationParams)) {
    fields[name] = fillValue(value, provider, { config })
  }
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
  return { url: url.href, pending }
}

function requestFields(
  provider: Provider,
  clientId: string,
  pending: PendingAuthorization
): Record<string, string> {
  const { codeVerifier, nonce, scopes } = pending
  return {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: pending.redirectUri,
    state: pending.state,
    ...(scopes.length > 0 ? { scope: scopes.join(provider.scopeSeparator) } : {}),
    ...(codeVerifier === null
      ? {}
      : {
          code_challenge: sha256(codeVerifier).toString('base64url'),
          code_challenge_method: 'S256',
        }),
    ...(nonce === null ? {} : { nonce }),
    ...(provider.resource === null ? {} : { resource: provider.resource }),
  }
}

export interface CallbackInput {
  provider: Provider
  server: AuthorizationServer
  pending: PendingAuthorization
  /** The whole URL that the browser came back to. */
  url: string | URL
}

export type CallbackResult =
  /** `metadata` holds what `metadataPaths` finds in the redirect itself. */
  { ok: true; code: Secret; metadata: Record<string, string> } | { ok: false; failure: Failure }

/**
 * Judges a redirect (RFC 6749 §4.1.2) before any code is exchanged: the state must be ours, compared in constant time;
 * `iss` must be the issuer that we asked, and present where the server promises it (RFC 9207 §2.4). A declined consent
 * has the code `access_denied`. That state is used once and not for long is the session's to see to.
 */
export function readCallback({ provider, server, pending, url }: CallbackInput): CallbackResult {
  const params = new URL(url).searchParams
  if (pending.provider !== provider.id) return refuse('provider_mismatch', 'Begun at another provider')
  if (!sameText(single(params, 'state') ?? '', pending.state)) {
    return refuse('state_mismatch', 'The state is not the one that was sent')
  }
  const issuerProblem = checkIssuer(params, server)
  if (issuerProblem) return refuse('issuer_mismatch', issuerProblem)
  const error = params.get('error')
  if (error) return declined(error, params.get('error_description') ?? '')
  const code = single(params, provider.codeParam)
  if (!code) return refuse('missing_code', `The redirect has no single "${provider.codeParam}"`)
  return {
    ok: true,
    code: new Secret(code),
    metadata: readMetadata(provider, (path) => params.get(path)),
  }
}

function checkIssuer(params: URLSearchParams, server: AuthorizationServer): string | null {
  const named = params.getAll('iss')
  if (named.length === 0) {
    const promised = server.authorization_response_iss_parameter_supported === true
    return promised ? 'The redirect lacks the iss that the server promises' : null
  }
  if (server.issuer === undefined) return null
  return named.every((issuer) => issuer === server.issuer) ? null : 'The redirect names another issuer'
}

function declined(error: string, description: string): CallbackResult {
  const code = describeForOperator(error, [])?.slice(0, 255) ?? 'error'
  const kind = error === 'access_denied' ? 'rejected' : (classOfOAuthError(error) ?? 'unknown')
  return refuse(code, describeForOperator(description, []), kind)
}

function refuse(
  code: string,
  description: string | null,
  kind: Failure['class'] = 'rejected'
): CallbackResult {
  return { ok: false, failure: { class: kind, code, description, status: null, retryAfter: null } }
}

/** A parameter that occurs once (RFC 6749 §3.1 forbids more); null otherwise. */
function single(params: URLSearchParams, name: string): string | null {
  const values = params.getAll(name)
  return values.length === 1 ? values[0] : null
}

function sameText(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
