import type { Secret } from '#oauth/secret'
import type { AccountProfile } from '#oauth/account_types'
import type { Provider } from '#oauth/provider_types'

export type * from '#oauth/account_types'
export type * from '#oauth/call_types'
export type * from '#oauth/provider_types'

/**
 * The words of the protocol room. Names of OAuth things are those of the RFCs (8414, 6749, 9207, 8707);
 * durations are milliseconds unless a name says otherwise; instants are milliseconds since the epoch.
 */

/** Endpoints of an authorization server, under their RFC 8414 names. */
export interface AuthorizationServer {
  issuer?: string
  authorization_endpoint?: string
  token_endpoint?: string
  revocation_endpoint?: string
  userinfo_endpoint?: string
  introspection_endpoint?: string
  registration_endpoint?: string
  authorization_response_iss_parameter_supported?: boolean
  token_endpoint_auth_methods_supported?: string[]
  code_challenge_methods_supported?: string[]
  scopes_supported?: string[]
  /** Whether a URL that we serve may be our client id (Client ID Metadata Document). */
  client_id_metadata_document_supported?: boolean
}

/** How our client proves itself at the token endpoint (RFC 8414 method names). */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'none'

/** Our registration at an authorization server. Null where nobody has configured one yet. */
export interface ClientRegistration {
  client_id: string
  client_secret: Secret | null
}

/** SPEC §4.4: what a failure means. The same word in code, log, database, API and pages. */
export const FAILURE_CLASSES = [
  'not_sent',
  'rejected',
  'configuration',
  'rate_limited',
  'unavailable',
  'ambiguous',
  'suspended',
  'locked',
  'unreadable',
  'unknown',
] as const
export type FailureClass = (typeof FAILURE_CLASSES)[number]

/** The tokens of a successful answer, normalized. Absent fields were absent in the answer. */
export interface TokenSet {
  access_token: Secret
  refresh_token: Secret | null
  token_type: string
  /** Lifetime of the access token in milliseconds; null where the answer names none that makes sense. */
  expiresIn: number | null
  /** Granted scopes; null means unchanged (RFC 6749 §5.1). */
  scopes: string[] | null
  /** Remaining life of the grant in milliseconds, where the provider tells. */
  grantExpiresIn: number | null
  id_token: Secret | null
  /** Values named by the definition's `metadataPaths`, such as an instance URL. */
  metadata: Record<string, string>
}

/** Why no tokens came. An expected outcome, hence a value and not an exception. */
export interface Failure {
  class: FailureClass
  /**
   * The provider's own error code, with the finer one behind a slash where the definition tells such apart (`190/458`); ours
   * where the provider gave none (`timeout`, `connection_refused`, …).
   */
  code: string
  /** The provider's own words, at most 1 KiB, free of secrets. For operators only. */
  description: string | null
  status: number | null
  /** How long the provider asks to wait, already clamped to [1 s, 24 h]. */
  retryAfter: number | null
  /** What the person must do, from the provider's own rule (class `locked`). */
  instruction?: string
}

export type TokenResult =
  | { ok: true; tokens: TokenSet; warnings: string[]; receivedAt: number }
  | { ok: false; failure: Failure; receivedAt: number }

/** A request to a provider, before the transport sends it. Secrets stay wrapped until the transport reveals them. */
export interface OutgoingRequest {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  headers: Record<string, string | Secret>
  /** Form or JSON fields; absent for GET. */
  body?: {
    format: 'form' | 'json'
    fields: Record<string, string | Secret>
    /** Further fields of a JSON body whose values are lists, such as `redirect_uris`. */
    lists?: Readonly<Record<string, readonly string[]>>
  }
  query?: Record<string, string | Secret>
  /** A body that is sent as it is, in place of `body`. */
  content?: { type: string; bytes: string | Uint8Array }
}

/** What a refresh presents: the credential and the connection's own variables. */
export interface RefreshInput {
  provider: Provider
  /** The refresh token, or the access token where that is what gets exchanged. */
  credential: Secret
  scopes: readonly string[]
  config: Readonly<Record<string, string>>
  metadata: Readonly<Record<string, string>>
}

/** What a revocation or an introspection presents. */
export interface TokenQuery {
  provider: Provider
  token: Secret
  hint: 'access_token' | 'refresh_token'
  config?: Readonly<Record<string, string>>
  metadata?: Readonly<Record<string, string>>
}

/** The judgement on an answer of a validation, profile or introspection endpoint. */
export type AccountResult =
  /** `account` is null where the answer proves the token but names nobody. */
  | { ok: true; account: AccountProfile | null; receivedAt: number }
  /** Class `rejected` here speaks of the access token, not of the grant. */
  | { ok: false; failure: Failure; receivedAt: number }

/** A whole answer, read to its end; or the reason why there is none. `sent` tells whether bytes may have left us. */
export type Exchange =
  | { ok: true; status: number; headers: Headers; body: string; receivedAt: number }
  | { ok: false; sent: boolean; code: string; description: string | null; receivedAt: number }

/** Sends one request, once: no redirects, a total deadline, a size cap, an address guard. Never throws for network trouble. */
export interface Transport {
  send(request: OutgoingRequest, options: { deadline: number; allowPrivate: boolean }): Promise<Exchange>
}

/** Time, passed in. `now` is wall time in milliseconds; `monotonic` never steps back. */
export interface Clock {
  now(): number
  monotonic(): number
}

/** Randomness in [0, 1), passed in. */
export type Random = () => number
