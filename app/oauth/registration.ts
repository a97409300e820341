import { readAnswer, readError } from '#oauth/answer'
import { endpointFault } from '#oauth/check_provider'
import { describeForOperator } from '#oauth/clean_text'
import { optionalText, type JsonObject } from '#oauth/own'
import { readRetryAfter } from '#oauth/retry_after'
import { Secret } from '#oauth/secret'
import type {
  AuthorizationServer,
  ClientAuthMethod,
  ClientRegistration,
  Exchange,
  Failure,
  OutgoingRequest,
} from '#oauth/types'

/** How our client comes to its id, the first that is possible. `ask`: only a person can bring one. */
export type ClientSource = 'given' | 'metadata_document' | 'dynamic' | 'ask'

/**
 * The order of the MCP specification: an id that somebody registered by hand, a Client ID Metadata Document where the
 * server reads such and ours can be read (`documentUrl`), dynamic registration (RFC 7591), else a person is asked.
 */
export function clientSource(
  server: AuthorizationServer,
  given: ClientRegistration | null,
  documentUrl: string | null
): ClientSource {
  if (given) return 'given'
  if (server.client_id_metadata_document_supported && documentUrl !== null) return 'metadata_document'
  return server.registration_endpoint === undefined ? 'ask' : 'dynamic'
}

/** What describes our client, in a registration or in the document behind its URL (RFC 7591 §2). */
export interface ClientDescription {
  name: string
  /** The application's own address. */
  uri: string
  redirectUri: string
  authMethod: ClientAuthMethod
}

const GRANTS = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }

/** The document that our URL leads to, for servers that take a URL as client id. A public client: it has no secret. */
export function clientMetadataDocument(
  url: string,
  described: Omit<ClientDescription, 'authMethod'>
): object {
  const { name, uri, redirectUri } = described
  return {
    client_id: url,
    client_name: name,
    client_uri: uri,
    redirect_uris: [redirectUri],
    ...GRANTS,
    token_endpoint_auth_method: 'none',
  }
}

/** The method to register with: a secret, where the server knows a way to show one that we know too (RFC 8414 §2). */
export function registrationAuthMethod(server: AuthorizationServer): ClientAuthMethod {
  const supported = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const known: ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'none']
  return known.find((method) => supported.includes(method)) ?? 'none'
}

/** The request that registers a client (RFC 7591 §3.1); for servers that have a registration endpoint. */
export function registrationRequest(endpoint: string, described: ClientDescription): OutgoingRequest {
  const fields = {
    client_name: described.name,
    client_uri: described.uri,
    token_endpoint_auth_method: described.authMethod,
  }
  const lists = { redirect_uris: [described.redirectUri], ...GRANTS }
  const headers = { accept: 'application/json' }
  return { method: 'POST', url: endpoint, headers, body: { format: 'json', fields, lists } }
}

/** A client that a server has registered for us. Instants are milliseconds since the epoch. */
export interface RegisteredClient {
  client: ClientRegistration
  authMethod: ClientAuthMethod
  /** When the secret ends; null: never, or the client has none. */
  secretExpiresAt: number | null
  /** What the registration is managed with (RFC 7592). */
  management: { uri: string; token: Secret } | null
}

export type RegistrationResult = { ok: true; registered: RegisteredClient } | { ok: false; failure: Failure }

/**
 * Judges the answer to a registration (RFC 7591 §3.2). Pure; never throws. Refused where the server would send codes to
 * another redirect URL than ours, or wants a way to authenticate that we have not. A refusal of our description is class
 * `configuration`; so is a server that registers only whom it knows.
 */
export function readRegistration(
  described: ClientDescription,
  exchange: Exchange,
  allowPrivate: boolean
): RegistrationResult {
  if (!exchange.ok) return refused('not_sent', exchange.code, exchange.description)
  const { status } = exchange
  const answer = readAnswer(exchange)
  const body = answer.kind === 'object' ? answer.body : null
  if (status !== 201 && status !== 200) return refusedByServer(exchange, body)
  const clientId = body && sendable(body.client_id)
  if (!body || !clientId)
    return refused('configuration', 'no_client_id', 'The answer holds no client id', status)
  const uris = body.redirect_uris
  if (Array.isArray(uris) && !uris.includes(described.redirectUri)) {
    return refused('configuration', 'redirect_uri_replaced', 'Registered with another redirect URL', status)
  }
  const secret = sendable(body.client_secret)
  const authMethod = methodOf(body, secret, described)
  if (!authMethod) {
    return refused(
      'configuration',
      'unsupported_client_auth',
      'Registered with a method we do not know',
      status
    )
  }
  return {
    ok: true,
    registered: {
      client: {
        client_id: clientId,
        client_secret: secret && authMethod !== 'none' ? new Secret(secret) : null,
      },
      authMethod,
      secretExpiresAt: secret ? expiry(body.client_secret_expires_at) : null,
      management: managementOf(body, allowPrivate),
    },
  }
}

type Received = Extract<Exchange, { ok: true }>

function refusedByServer(
  { status, headers, receivedAt }: Received,
  body: JsonObject | null
): RegistrationResult {
  const error = readError(body ?? {}, {})
  const code = describeForOperator(error.code ?? '', [])?.slice(0, 255) ?? `http_${status}`
  const description = describeForOperator(error.message, [])
  const retryAfter = readRetryAfter(headers.get('retry-after'), receivedAt)
  const kind = status === 429 ? 'rate_limited' : status >= 500 ? 'unavailable' : 'configuration'
  return { ok: false, failure: { class: kind, code, description, status, retryAfter } }
}

// A server may replace what we proposed (RFC 7591 §3.2.1); without a word our proposal holds, as far as a secret came.
function methodOf(
  body: JsonObject,
  secret: string | null,
  { authMethod }: ClientDescription
): ClientAuthMethod | null {
  const named = body.token_endpoint_auth_method ?? (secret === null ? 'none' : authMethod)
  if (named === 'none') return 'none'
  const withSecret = named === 'client_secret_basic' || named === 'client_secret_post'
  return withSecret && secret !== null ? named : null
}

function managementOf(body: JsonObject, allowPrivate: boolean): RegisteredClient['management'] {
  const uri = optionalText(body.registration_client_uri)
  const token = sendable(body.registration_access_token)
  if (uri === undefined || token === null || endpointFault(uri, allowPrivate)) return null
  return { uri, token: new Secret(token) }
}

// RFC 6749 appendix A: visible ASCII and space. Anything else could not be sent back as it came.
function sendable(value: unknown): string | null {
  return typeof value === 'string' && /^[\x20-\x7e]{1,2048}$/.test(value) ? value : null
}

/** Seconds since the epoch as an instant; null for 0, which means never, and for what is no time. */
function expiry(value: unknown): number | null {
  const seconds = Number(optionalText(value) ?? 0)
  return Number.isFinite(seconds) && seconds > 0 && seconds < 1e11 ? seconds * 1_000 : null
}

function refused(
  kind: 'not_sent' | 'configuration',
  code: string,
  description: string | null,
  status: number | null = null
): RegistrationResult {
  return { ok: false, failure: { class: kind, code, description, status, retryAfter: null } }
}
