import type { AccountEndpoint, ChildrenSlot, FurtherGrant, OAuth1Rules } from '#oauth/account_types'
import type {
  AuthorizationServer,
  ClientAuthMethod,
  ClientRegistration,
  FailureClass,
  OutgoingRequest,
  RefreshInput,
  TokenQuery,
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
  error?: string | string[] | RegExp
  /** Compared with the finer code beside the error code, such as `error_subcode` or `error_subtype`, as text. */
  subcode?: string | string[]
  /** Tested against the answer's description. */
  message?: RegExp
  /** Compared with the value at a dotted path of the body, for what is neither code nor description. */
  where?: { path: string; is: string | number | boolean | RegExp }
  /** Where the rule holds: the token endpoint, the validation and profile endpoints, or (unset) everywhere. */
  at?: 'token' | 'account'
  class: FailureClass
  /** Shown to the person who must act (class `locked`). */
  instruction?: string
}

/** What an error tells a person that its class alone does not. The first entry that matches counts. */
export interface KnownError {
  class: FailureClass
  /** The code as it is kept, the finer one behind a slash. */
  code?: string | string[]
  /** Tested against the provider's own words, where the code says too little. */
  message?: RegExp
  /** Which words of the catalogues say it, under `account.why.known`. */
  as: string
}

/** Where a limited answer names the end of the limit, in the provider's own unit. */
export interface RateLimitReset {
  header: string
  unit: 'epoch_seconds' | 'seconds_left' | 'minutes_left'
}

/** A limited answer, for definitions that must look into it to learn how long to wait. */
export interface LimitedAnswer {
  status: number
  headers: Headers
  body: Record<string, unknown>
  receivedAt: number
}

/** Everything about refreshing at this provider. */
export interface RefreshRules {
  /** How long before expiry a token becomes due. */
  margin: number
  /** The documented lifetime, used where the answer names none; null: expiry unknown, token never due. */
  assumedLifetime: number | null
  /** The life of the grant itself; null where it has no fixed end. */
  grantLifetime: number | null
  /** Whether that life runs from the consent, or anew from each refresh. */
  grantLifetimeFrom: 'consent' | 'refresh'
  /** How old a token must be before the provider renews it; 0 where that does not matter. */
  minimumAge: number
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
  /** How a client without a secret names itself; null where it does so as one with a secret would. */
  readonly publicClientAuth: ClientAuthMethod | null
  /** Whether the parts of a Basic header are form-encoded, as RFC 6749 §2.3.1 says, or sent as they are. */
  readonly basicEncoding: 'form' | 'raw'
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
  /** Read where a limited answer has no `Retry-After`; the first header that is there counts. */
  readonly rateLimitResets: readonly RateLimitReset[]
  /** How long a limited answer asks to wait, in milliseconds, where no header says it; null where it does not tell. */
  readonly rateLimitWait: ((answer: LimitedAnswer) => number | null) | null
  readonly failures: readonly FailureRule[]
  /** What its error codes tell a person; the general sentence of the class holds for the others. */
  readonly knownErrors: readonly KnownError[]
  readonly validation: AccountEndpoint | null
  /** How often the provider wants the tokens in use validated, in milliseconds; null where it does not ask. */
  readonly validationInterval: number | null
  readonly profile: AccountEndpoint | null
  /** Rewrites a decoded answer into RFC 6749 §5.1 shape. */
  readonly readTokenSet: ((body: Record<string, unknown>) => Record<string, unknown>) | null
  /** Replaces the whole refresh request (Meta's exchange). */
  readonly refreshRequest: ((input: RefreshInput) => OutgoingRequest) | null
  /** Trades the short-lived token of a fresh consent for the long-lived one, at once after the code exchange. */
  readonly longLivedRequest: ((input: RefreshInput) => OutgoingRequest) | null
  /** Accounts whose tokens derive from this one's, such as the pages of a Meta user. */
  readonly children: ChildrenSlot | null
  /** Grants that arrive in the same answer as this one, each with a chain of its own (Slack's user token). */
  readonly alsoGranted: ((body: Record<string, unknown>) => FurtherGrant[]) | null
  /** The token to present at a revocation, so that the whole grant ends as far as this provider lets it. */
  readonly revokes: 'refresh_token' | 'access_token'
  /** Replaces the RFC 7009 request. */
  readonly revocationRequest: ((input: TokenQuery) => OutgoingRequest) | null
  /** How OAuth 1.0a accounts of this provider are looked at; null where it has none. */
  readonly oauth1: Readonly<OAuth1Rules> | null
  /** The icon in pages, by its name in the icon set; null: the brand icon of the id, where there is one. */
  readonly icon: string | null
  /** The provider's console, where a client is registered. */
  readonly console: string | null
  /** The day on which the facts were compared with the vendor's pages, as `2026-11-21`. */
  readonly checkedOn: string | null
  /** Peculiarities that an operator should know, one sentence each. */
  readonly quirks: readonly string[]
  /** True where `http:` and loopback addresses are allowed for this provider (the sandbox, or ALLOW_PRIVATE_PROVIDERS). */
  readonly allowPrivate: boolean
}
