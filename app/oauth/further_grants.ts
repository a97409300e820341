import { bodyOf } from '#oauth/account'
import { readTokenResponse } from '#oauth/read_token_response'
import type { AccountProfile, Exchange, FurtherGrant, Provider, TokenSet } from '#oauth/types'

/** A grant that came along with another one, with its own definition. */
export interface AccompanyingGrant {
  provider: Provider
  tokens: TokenSet
  account: AccountProfile
}

/**
 * The further grants in the answer to an authorization code, such as the user's token beside a bot's. Pure, never throws:
 * a grant of an unknown provider, or one without usable tokens or a named account, is left out and costs nothing else.
 */
export function readFurtherGrants(
  provider: Provider,
  exchange: Exchange,
  find: (id: string) => Provider | null
): AccompanyingGrant[] {
  const body = bodyOf(provider, exchange)
  if (!body || !provider.alsoGranted) return []
  let found: FurtherGrant[]
  try {
    found = provider.alsoGranted(body)
  } catch {
    // A definition reads the shape it knows; another shape grants nothing further.
    return []
  }
  return found.flatMap((grant) => usable(grant, find, exchange))
}

function usable(
  grant: FurtherGrant,
  find: (id: string) => Provider | null,
  { receivedAt }: Exchange
): AccompanyingGrant[] {
  const definition = find(grant.provider)
  if (!definition || !grant.account.id) return []
  const headers = new Headers({ 'content-type': 'application/json' })
  const answer = { ok: true as const, status: 200, headers, body: JSON.stringify(grant.body), receivedAt }
  // Its part of the answer has the shape of RFC 6749 already.
  const result = readTokenResponse({ ...definition, readTokenSet: null }, answer)
  return result.ok ? [{ provider: definition, tokens: result.tokens, account: grant.account }] : []
}
