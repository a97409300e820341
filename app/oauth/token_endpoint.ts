import { authenticateClient, clientAuthMethod } from '#oauth/client_authentication'
import type { Secret } from '#oauth/secret'
import { fillEndpoint, fillValue, RequestError, type Variables } from '#oauth/template'
import type { AuthorizationServer, OutgoingRequest, Provider, RefreshInput, TokenQuery } from '#oauth/types'

type Fields = Record<string, string | Secret>

/**
 * The request that replaces a token set: the refresh grant (RFC 6749 §6), the client credentials grant where the
 * definition renews that way, or the definition's own request. The scope is left out, which means "unchanged".
 * Throws `RequestError` where client, endpoint or a variable is missing.
 */
export function refreshRequest(input: RefreshInput, server: AuthorizationServer): OutgoingRequest {
  const { provider } = input
  if (provider.refreshRequest) return provider.refreshRequest(input)
  if (provider.grantType === 'client_credentials') return clientCredentialsRequest(input, server)
  const fields = {
    grant_type: 'refresh_token',
    refresh_token: input.credential,
    ...resourceField(provider),
  }
  return tokenRequest(provider, server, input, fields, [provider.refreshParams], refreshUrl(input, server))
}

/** What the exchange of an authorization code presents. */
export interface CodeExchangeInput extends Variables {
  provider: Provider
  code: Secret
  /** Exactly the one of the authorization request (RFC 6749 §4.1.3). */
  redirectUri: string
  /** The PKCE verifier (RFC 7636 §4.5); null where the provider knows no PKCE. */
  codeVerifier: string | null
}

/** The exchange of an authorization code for tokens (RFC 6749 §4.1.3). Throws `RequestError` as `refreshRequest`. */
export function codeExchangeRequest(input: CodeExchangeInput, server: AuthorizationServer): OutgoingRequest {
  const { provider } = input
  const fields: Fields = {
    grant_type: 'authorization_code',
    code: input.code,
    redirect_uri: input.redirectUri,
    ...(input.codeVerifier === null ? {} : { code_verifier: input.codeVerifier }),
    ...resourceField(provider),
  }
  return tokenRequest(provider, server, input, fields, [provider.tokenParams], tokenUrl(input, server))
}

/** What the client credentials grant needs: no account takes part in it. */
export interface ClientCredentialsInput extends Variables {
  provider: Provider
  scopes: readonly string[]
}

/** Tokens for the client itself (RFC 6749 §4.4.2). Throws `RequestError` as `refreshRequest`. */
export function clientCredentialsRequest(
  input: ClientCredentialsInput,
  server: AuthorizationServer
): OutgoingRequest {
  const { provider } = input
  const scopes = input.scopes.length > 0 ? input.scopes : provider.scopes
  const fields: Fields = {
    grant_type: 'client_credentials',
    ...(scopes.length > 0 ? { scope: scopes.join(provider.scopeSeparator) } : {}),
    ...resourceField(provider),
  }
  const extras = [provider.tokenParams, provider.refreshParams]
  return tokenRequest(provider, server, input, fields, extras, refreshUrl(input, server))
}

/**
 * Asks the provider to end a token (RFC 7009 §2.1); null where it has no such endpoint. An answer of 200 says nothing
 * about whether the token was valid before.
 */
export function revocationRequest(input: TokenQuery, server: AuthorizationServer): OutgoingRequest | null {
  if (input.provider.revocationRequest) return input.provider.revocationRequest(input)
  return tokenQuery(input, server, server.revocation_endpoint)
}

/** Asks the provider about a token (RFC 7662 §2.1); null where it has no such endpoint. */
export function introspectionRequest(input: TokenQuery, server: AuthorizationServer): OutgoingRequest | null {
  return tokenQuery(input, server, server.introspection_endpoint)
}

function tokenQuery(input: TokenQuery, server: AuthorizationServer, endpoint: string | undefined) {
  if (!endpoint) return null
  const fields = { token: input.token, token_type_hint: input.hint }
  const url = fillEndpoint(endpoint, input.provider, input)
  return tokenRequest(input.provider, server, input, fields, [], url)
}

function tokenRequest(
  provider: Provider,
  server: AuthorizationServer,
  variables: Variables,
  own: Fields,
  extras: readonly Readonly<Record<string, string>>[],
  url: string
): OutgoingRequest {
  if (!provider.client) throw new RequestError('no_client', `${provider.name} has no client registration`)
  const proof = authenticateClient(
    provider.client,
    clientAuthMethod(provider, server),
    provider.basicEncoding
  )
  const headers: OutgoingRequest['headers'] = { accept: 'application/json', ...proof.headers }
  for (const [name, value] of Object.entries(provider.tokenHeaders)) {
    headers[name.toLowerCase()] = fillValue(value, provider, variables)
  }
  const fields = renamed({ ...own, ...proof.fields }, provider.paramNames)
  for (const [name, value] of extras.flatMap((extra) => Object.entries(extra))) {
    fields[name] = fillValue(value, provider, variables)
  }
  return { method: 'POST', url, headers, body: { format: provider.bodyFormat, fields } }
}

/** The fields under the names that this provider gives them. */
export function renamed<T>(
  fields: Record<string, T>,
  names: Readonly<Record<string, string>>
): Record<string, T> {
  const entries = Object.entries(fields)
  return Object.fromEntries(
    entries.map(([name, value]) => [Object.hasOwn(names, name) ? names[name] : name, value])
  )
}

// RFC 8707 §2.2: the same in every token request, refreshes included.
function resourceField(provider: Provider): Fields {
  return provider.resource === null ? {} : { resource: provider.resource }
}

function tokenUrl(input: Variables & { provider: Provider }, server: AuthorizationServer): string {
  const endpoint = server.token_endpoint
  if (!endpoint) throw new RequestError('no_token_endpoint', `${input.provider.name} has no token endpoint`)
  return fillEndpoint(endpoint, input.provider, input)
}

function refreshUrl(input: Variables & { provider: Provider }, server: AuthorizationServer): string {
  const { refreshEndpoint } = input.provider
  return refreshEndpoint ? fillEndpoint(refreshEndpoint, input.provider, input) : tokenUrl(input, server)
}
