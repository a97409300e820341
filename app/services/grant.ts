import type { Secret } from '#oauth/secret'
import type { Provider, TokenSet } from '#oauth/types'
import { hasRefreshPath } from '#services/refresh_path'

/** What a consent or an import brings, ready to be stored. Instants are milliseconds since the epoch. */
export interface Grant {
  provider: Provider
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  accessToken: Secret
  refreshToken: Secret | null
  tokenSecret: Secret | null
  scopes: string[]
  /** When the access token's life began; null where nobody knows. */
  issuedAt: number | null
  expiresAt: number | null
  expirySource: 'provider' | 'assumed' | 'never'
  /** When the person consented; null where nobody knows. */
  grantedAt: number | null
  grantExpiresAt: number | null
  config: Record<string, string>
  metadata: Record<string, string>
}

export interface AnsweredGrant {
  provider: Provider
  tokens: TokenSet
  receivedAt: number
  /** What was asked for; it holds where the answer names no scopes (RFC 6749 §5.1). */
  requestedScopes: readonly string[]
  config: Record<string, string>
  metadata: Record<string, string>
}

/** The grant in the answer to an authorization code. An answer without `expires_in` gets the documented lifetime. */
export function grantFromAnswer(answered: AnsweredGrant): Grant {
  const { provider, tokens, receivedAt } = answered
  const lifetime = tokens.expiresIn ?? provider.refresh.assumedLifetime
  const grantLifetime = tokens.grantExpiresIn ?? provider.refresh.grantLifetime
  return {
    provider,
    tokenType: 'oauth2',
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    tokenSecret: null,
    scopes: tokens.scopes ?? [...answered.requestedScopes],
    issuedAt: receivedAt,
    expiresAt: lifetime === null ? null : receivedAt + lifetime,
    expirySource: tokens.expiresIn !== null ? 'provider' : lifetime === null ? 'never' : 'assumed',
    grantedAt: receivedAt,
    grantExpiresAt: endOfGrant(answered, grantLifetime, lifetime),
    config: answered.config,
    metadata: { ...answered.metadata, ...tokens.metadata },
  }
}

/** Where nothing renews the access token, its end is the end of the grant: only a person can give another one. */
function endOfGrant(
  { provider, tokens, receivedAt }: AnsweredGrant,
  grantLifetime: number | null,
  lifetime: number | null
): number | null {
  const parts = { tokenType: 'oauth2' as const, hasRefreshToken: tokens.refresh_token !== null }
  const ends = hasRefreshPath(provider, parts) ? [grantLifetime] : [grantLifetime, lifetime]
  const known = ends.filter((end) => end !== null)
  return known.length === 0 ? null : receivedAt + Math.min(...known)
}
