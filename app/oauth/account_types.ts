import type { ClientRegistration, FailureClass, OutgoingRequest, Provider } from '#oauth/types'
import type { Secret } from '#oauth/secret'

/** Words for the accounts behind tokens. Import these from `#oauth/types`, which passes them on. */

/** What a provider says about an account on its validation or profile endpoint. */
export interface AccountProfile {
  id: string
  username?: string
  displayName?: string
  avatarUrl?: string
  /** The client that the token was issued to, where a validation names it; compared with ours, never stored. */
  clientId?: string
}

/** What an account request may draw on. */
export interface AccountRequestInput {
  provider: Provider
  accessToken: Secret
  /** The account that the token is said to belong to; null before anybody knows. */
  accountId: string | null
  config: Readonly<Record<string, string>>
  metadata: Readonly<Record<string, string>>
}

/** What a 2xx answer says against the token or its account, in the words of SPEC §4.4. */
export interface AccountVerdict {
  class: FailureClass
  code: string
  description?: string
}

/** A validation or profile endpoint of a provider. */
export interface AccountEndpoint {
  url: string
  method?: 'GET' | 'POST'
  /** Scheme of the Authorization header; `Bearer` unless told. */
  scheme?: string
  /** Extra headers; `{client_id}` is replaced. */
  headers?: Record<string, string>
  /** Replaces the whole request, where the token does not travel in the Authorization header. */
  request?: (input: AccountRequestInput) => OutgoingRequest
  /** Null: nothing speaks against the account. Asked before `account`; throwing counts as null. */
  verdict?: (body: Record<string, unknown>) => AccountVerdict | null
  /** Null: the answer proves the token but names nobody. Throwing counts as an answer without an account. */
  account: (body: Record<string, unknown>) => AccountProfile | null
}

/** One account whose token derives from another's; the token is null where the answer names the account without one. */
export interface ChildAccount extends AccountProfile {
  accessToken: Secret | null
}

/** Accounts whose tokens derive from a parent's: how to ask for them, and how to read the answer page by page. */
export interface ChildrenSlot {
  /** Id of the definition of the children; it has no refresh of its own and shares this one's gate. */
  provider: string
  /** `after` is null for the first page, else what `read` gave as `next`. */
  request: (input: AccountRequestInput & { after: string | null }) => OutgoingRequest
  /** Throwing counts as an answer that cannot be used. */
  read: (body: Record<string, unknown>) => { accounts: ChildAccount[]; next: string | null }
}

/** A further grant of one consent: which definition it belongs to, and its part of the answer in RFC 6749 §5.1 shape. */
export interface FurtherGrant {
  provider: string
  body: Record<string, unknown>
  account: AccountProfile
}

/** How OAuth 1.0a accounts are looked at: they never expire and are never refreshed (RFC 5849). */
export interface OAuth1Rules {
  /** Our consumer key and secret; null where nobody has configured them. */
  consumer: ClientRegistration | null
  /** The call that is signed; `{…}` placeholders as elsewhere. */
  validation: AccountEndpoint
}
