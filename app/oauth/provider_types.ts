import type {
  AuthorizationServer,
  ClientAuthMethod,
  ClientRegistration,
  FailureClass,
  OutgoingRequest,
  RefreshInput,
} from '#oauth/types'

/** The shape of a provider definition. Import these from `#oauth/types`, which passes them on. */

/**
 * What happens to the old refresh token when it is used: `static` it stays valid; `until_used` it
 * stays valid until its successor is first used; `grace` it stays valid for `reuseGrace`; `strict` and `unknown` it is spent.
 */
export type ReuseClass = 'static' | 'until_used' | 'grace' | 'strict' | 'unknown'

/** One rule of a provider's own failure dialect; the first that matches wins, before the general table. */
export interface FailureRule {
  status?: number | number[]
  /** Compared with the answer's error code as text. */
  error?: string | string[]
  /** Compared with the finer code beside the error code, such as `error_subcode` or `error_subtype`, as text. */
  subcode?: string | string[]
  /** Tested against the answer's description. */
  message?: RegExp
  /** Where the rule holds: the token endpoint, the validation and profile endpoints, or (unset) everywhere. */
  at?: 'token' | 'account'
  class: FailureClass
  /** Shown to the person who must act (class `locked`). */
  instruction?: string
}

/** What a provider says about an account on its validation or profile endpoint. */
export interface AccountProfile {
  id: string
  username?: string
  displayName?: string
  avatarUrl?: string
}

/** A validation or profile endpoint of a provider. */
export interface AccountEndpoint {
  url: string
  method?: 'GET' | 'POST'
  /** Scheme of the Authorization header; `Bearer` unless told. */
  scheme?: string
  /** Extra headers; `{client_id}` is replaced. */
  headers?: Record<string, string>
  /** Null: the answer proves the token but names nobody. Throwing counts as an answer without an account. */
  account: (body: Record<string, unknown>) => AccountProfile | null
}

/** Everything about refreshing at this provider. */
export interface RefreshRules {
  /** How long before expiry a token becomes due. */
  margin: number
  /** The documented lifetime, used where the answer names none; null: expiry unknown, token never due. */
  assumedLifetime: number | null
  /** The life of the grant itself from consent; null where it has no fixed end. */
  grantLifetime: number | null
  rotation: 'never' | 'may' | 'always'
  reuse: ReuseClass
  /** For `grace`: how long the old refresh token still works after its use. */
  reuseGrace: number
  strikes: 1 | 2
  keepAlive: 'always' | 'while_authorized'
  /** Overrides of the strike timing in `config/token_refresh.ts`, in milliseconds. */
  strikeRetry?: number
  strikeSpacing?: number
  /** False where the provider has no refresh path at all (static tokens). */
  supported: boolean
}

/** A variable that people fill in at connect, such as a subdomain. */
export interface ConfigVariable {
  title: string
  pattern: string
}

/** A complete, checked and frozen provider definition. */
export interface Provider {
  readonly id: string
  readonly name: string
  /** The vendor page that the facts come from. */
  readonly docs: string | null
  /** Providers with the same gate share one client registration: its rate budget, pause and breaker. */
  readonly gate: string
  readonly server: Readonly<AuthorizationServer>
  readonly client: Readonly<ClientRegistration> | null
  readonly clientAuth: ClientAuthMethod
  /** True where the definition names no method, so that discovered metadata may choose it. */
  readonly clientAuthFromMetadata?: boolean
  readonly grantType: 'authorization_code' | 'client_credentials'
  readonly pkce: boolean
  readonly scopes: readonly string[]
  readonly scopeSeparator: string
  readonly bodyFormat: 'form' | 'json'
  readonly authorizationParams: Readonly<Record<string, string>>
  readonly tokenParams: Readonly<Record<string, string>>
  readonly refreshParams: Readonly<Record<string, string>>
  readonly refreshEndpoint: string | null
  readonly codeParam: string
  readonly tokenHeaders: Readonly<Record<string, string>>
  /** Renamed standard parameters, such as `client_id` → `client_key`. */
  readonly paramNames: Readonly<Record<string, string>>
  readonly config: Readonly<Record<string, ConfigVariable>>
  readonly metadataPaths: Readonly<Record<string, string>>
  /** Where the answer keeps a standard field, such as `access_token` → `data.token`. */
  readonly responsePaths: Readonly<Record<string, string>>
  readonly expiresInUnit: 'seconds' | 'milliseconds' | 'minutes'
  readonly resource: string | null
  readonly refresh: Readonly<RefreshRules>
  /** Cron expressions of the provider's own cycle (UTC). */
  readonly schedule: readonly string[]
  readonly rateLimit: Readonly<{ perSecond: number | null; concurrency: number | null }>
  readonly failures: readonly FailureRule[]
  readonly validation: AccountEndpoint | null
  readonly profile: AccountEndpoint | null
  /** Rewrites a decoded answer into RFC 6749 §5.1 shape. */
  readonly readTokenSet: ((body: Record<string, unknown>) => Record<string, unknown>) | null
  /** Replaces the whole refresh request (Meta's exchange). */
  readonly refreshRequest: ((input: RefreshInput) => OutgoingRequest) | null
  /** True where `http:` and loopback addresses are allowed for this provider (the sandbox, or ALLOW_PRIVATE_PROVIDERS). */
  readonly allowPrivate: boolean
}
