import type { FailureClass } from '#oauth/types'
import type { Account } from '#simulator/account'

/** Words of the simulator. Durations and instants are milliseconds unless a name says otherwise. */

/** A dialect: how one vendor's authorization server and account endpoints are asked, and what they answer. Data. */
export interface Dialect {
  /** The path prefix under which it is hosted. */
  id: string
  /** The vendor page that the facts come from. */
  page: string
  /** Ids of the provider definitions that talk to this vendor. */
  serves: readonly string[]
  /** Null where it knows public clients only. */
  client: { id: string; secret: string | null }
  tokens: TokenRules
  doors: readonly Door[]
  /** Every named answer but success. The expected class of each is that of the paper, not that of the code under test. */
  failures: readonly NamedFailure[]
  /** What it says to a request that is wrong by its shape; where it is silent, RFC 6749 speaks. */
  refusals?: Partial<Record<Violation, Reply>>
  /** The account that somebody consents with unless a test names another. */
  account?: { id: string; name: string }
}

/** What becomes of tokens when they are used. */
export interface TokenRules {
  /** Beginnings of new tokens, as the vendor writes them. */
  prefix: { access: string; refresh: string }
  accessLife: number | null
  /** Null: no end. The life runs from the consent unless `refreshLifeFrom` says otherwise. */
  refreshLife: number | null
  refreshLifeFrom?: 'consent' | 'refresh'
  /** What a refresh presents: a refresh token, or the access token itself. */
  presents: 'refresh' | 'access' | 'nothing'
  /** Whether a refresh gives a new string when nobody has asked for either. */
  rotates: boolean
  /** What the answer of a refresh without rotation holds in place of a new refresh token. */
  unrotated: 'same' | 'absent' | 'null'
  /** `strict`: the old one is dead at once; `grace`: it lives on for `grace`; `static`: it lives on. */
  reuse: 'strict' | 'grace' | 'static'
  grace?: number
  /** How many access tokens of one account live at a time; unlimited unless given. */
  liveAccess?: number
  /** True where an access token never outlives its refresh token. */
  accessCapped?: boolean
  /** A token younger than this is not exchanged. */
  minimumAge?: number
  /** Whether an exchange of a long-lived token gives it a new life. */
  extends?: boolean
  scope?: string
  /** Marks rules that no vendor page confirms. */
  unverified?: readonly string[]
}

export type DoorKind = 'authorize' | 'grant' | 'account' | 'revoke' | 'children' | 'document'

/** How a request must look. What is not named is not looked at. */
export interface Shape {
  method?: 'GET' | 'POST' | 'DELETE' | readonly ('GET' | 'POST' | 'DELETE')[]
  body?: 'form' | 'json'
  /** Ways in which the client may prove itself; `public` names itself only, `none` must not show a secret at all. */
  client?: readonly ClientWay[]
  /** True where nothing of the client may stand beside a Basic header. */
  basicAlone?: boolean
  /** Names of client id and secret among the parameters. */
  clientNames?: { id: string; secret: string }
  headers?: Readonly<Record<string, RegExp>>
  params?: Readonly<Record<string, RegExp>>
  /** Parameters that the vendor does not take. */
  refuses?: readonly string[]
}

export type ClientWay = 'basic' | 'params' | 'public' | 'none'

/** Where a request carries its token or code. */
export type CredentialPlace = { param: string } | { header: string } | { path: string }

/** One endpoint of a dialect. Several may share a URL; the first whose `when` fits the parameters takes the request. */
export interface Door extends Shape {
  /** The vendor's own URL. `{name}` stands for one label of the host or one segment of the path. */
  url: string
  does: DoorKind
  /** Parameters that choose this door among those of its URL. */
  when?: Readonly<Record<string, RegExp>>
  /** For accounts: where the answer counts. */
  place?: 'validation' | 'profile'
  credential?: readonly CredentialPlace[]
  /** For grants: what is presented. */
  presents?: 'code' | 'refresh' | 'access' | 'client'
  /** For grants: the new access token is short-lived and to be exchanged at once. */
  shortLife?: number
  status?: number
  answer?: (told: Told) => unknown
  /** Form-encoded unless the request accepts JSON. */
  formUnlessJson?: boolean
  authorize?: AuthorizeRules
  /** For revocations: what ends. */
  ends?: 'token' | 'grant'
  unverified?: boolean
}

export interface AuthorizeRules {
  /** S256 is demanded, taken, or unknown here. */
  pkce: 'demanded' | 'optional' | 'unknown'
  /** Sent as `iss` in the redirect (RFC 9207). */
  issuer?: string
  codeParam?: string
  /** Appended to the redirect, as Instagram does. */
  fragment?: string
  codeLife: number
  /** Parameters without which no refresh token is given at the code exchange. */
  offline?: Readonly<Record<string, RegExp>>
  /** Further parameters of the redirect. */
  adds?: Readonly<Record<string, string>>
}

/** What a success answer may draw on. */
export interface Told {
  account: Account
  dialect: Dialect
  now: number
  access: string
  /** The refresh token to name: new or the same; null where the answer names none. */
  refresh: string | null
  /** Lives in seconds. */
  expiresIn: number | null
  refreshExpiresIn: number | null
  issuedAt: number
  scope: string
  client: { id: string; secret: string | null }
  params: Readonly<Record<string, string>>
  /** Parts of the URL by the names in the door's pattern. */
  parts: Readonly<Record<string, string>>
  /** What was asked for at the consent page; empty for everything but a code exchange. */
  asked: Readonly<Record<string, string>>
  /** Gives another account of this dialect a chain of its own, for answers that carry several. */
  another: (id: string, traits: Record<string, string>) => { access: string; refresh: string | null }
  /** Accounts that derive from this one, each with a token. */
  children: () => { id: string; name: string; access: string }[]
}

/** An answer as it stands on the wire. A text is sent as HTML, an object as JSON, null as nothing. */
export interface Reply {
  status: number
  headers?: Readonly<Record<string, string | ((now: number) => string)>>
  body: unknown
  /** No vendor page confirms it. */
  unverified?: boolean
}

export const CASES = [
  'dead',
  'configuration',
  'rate_limited',
  'unavailable',
  'suspended',
  'locked',
  'token_refused',
  'other',
] as const
export type Case = (typeof CASES)[number]

export type Place = 'token' | 'validation' | 'profile'

/** A failure with its name, where it is met, and what it means. */
export interface NamedFailure extends Reply {
  /** What `say` takes; unique in its dialect. */
  name: string
  case: Case
  at: readonly Place[]
  class: FailureClass
  /** The wait that the answer asks for; null where it names none. */
  wait?: number | ((now: number) => number) | null
  /** Definitions that meet it, where the vendor serves several and only some do. */
  providers?: readonly string[]
  /** The finding in words, for titles. */
  means?: string
}

export type Violation =
  | 'path'
  | 'method'
  | 'body'
  | 'client'
  | 'double_client'
  | 'header'
  | 'param'
  | 'grant'
  | 'code'
  | 'verifier'
  | 'too_young'
