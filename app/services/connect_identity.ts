import { accountRequest, profileEndpoint, readAccount } from '#oauth/account'
import type {
  AccountProfile,
  AuthorizationServer,
  Exchange,
  Failure,
  OutgoingRequest,
  Provider,
  TokenSet,
} from '#oauth/types'
import { readIdToken } from '#services/id_token'
import type { BegunConnect } from '#services/pending_connects'

export interface IdentityInput {
  provider: Provider
  server: AuthorizationServer
  pending: BegunConnect
  tokens: TokenSet
  metadata: Record<string, string>
  /** The account id where the provider has no way to tell. */
  fallbackId: string
  now: number
}

/** `named` is false where the provider has no way to name the account. */
export type Identity = { ok: true; account: AccountProfile; named: boolean } | { ok: false; failure: Failure }

type Send = (
  build: () => OutgoingRequest
) => Promise<{ ok: true; exchange: Exchange } | { ok: false; failure: Failure }>

/**
 * Who the new tokens belong to: what the profile endpoint says, else the subject of the ID token. An ID token that is
 * not meant for this request refuses the whole grant.
 */
export async function identify(send: Send, input: IdentityInput): Promise<Identity> {
  const { provider, server, fallbackId } = input
  const subject = subjectOf(input)
  if (!subject.ok) return subject
  const endpoint = profileEndpoint(provider, server) ?? provider.validation
  if (!endpoint) {
    const known = subject.id !== null
    return { ok: true, account: { id: subject.id ?? fallbackId }, named: known }
  }
  const { tokens, pending, metadata } = input
  const variables = { config: pending.config, metadata }
  const asked = { provider, accessToken: tokens.access_token, accountId: null, ...variables }
  const sent = await send(() => accountRequest(endpoint, asked))
  const result = sent.ok ? readAccount(provider, endpoint, sent.exchange, [tokens.access_token]) : sent
  if (result.ok && result.account) {
    const mixed = !provider.profile && subject.id !== null && subject.id !== result.account.id
    return mixed
      ? refused('subject_mismatch', 'The profile is that of another account')
      : { ok: true, account: result.account, named: true }
  }
  // The tokens are good: a profile endpoint that is away should not cost the person another consent.
  if (subject.id !== null) return { ok: true, account: { id: subject.id }, named: true }
  return result.ok ? refused('no_account', 'The provider names no account') : result
}

function subjectOf({ provider, server, pending, tokens, now }: IdentityInput) {
  if (!tokens.id_token) return { ok: true as const, id: null }
  const read = readIdToken(tokens.id_token, {
    issuer: server.issuer,
    clientId: provider.client?.client_id ?? '',
    nonce: pending.nonce,
    now,
  })
  if (read.ok) return { ok: true as const, id: read.subject }
  // Only a malformed one may be passed over: the others speak of a token that was made for somebody else.
  if (read.reason === 'malformed') return { ok: true as const, id: null }
  return refused(`id_token_${read.reason}`, `The ID token does not fit this request: ${read.reason}`)
}

function refused(code: string, description: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { class: 'rejected', code, description, status: null, retryAfter: null } }
}
