import type { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import type { Claim } from '#token_refresh/types'
import { credentialFingerprint, type Vault } from '#vault/vault'

export type Credential =
  | { type: 'presented'; secret: Secret; fingerprint: string }
  /** It is there and does not open: never to be taken for absent. */
  | { type: 'unreadable'; reason: string }
  /** Nothing to present: this connection cannot be refreshed. */
  | { type: 'absent' }

/**
 * Opens what a refresh of this connection presents: the refresh token, or the access token at providers that exchange
 * that one or renew by client credentials.
 */
export function openCredential(vault: Vault, provider: Provider, claim: Claim): Credential {
  if (claim.tokenType !== 'oauth2' || !provider.refresh.supported) return { type: 'absent' }
  if (claim.refreshToken) return open(vault, claim, claim.refreshToken, 'refresh_token')
  const exchangesAccessToken = provider.refreshRequest !== null || provider.grantType === 'client_credentials'
  if (exchangesAccessToken && claim.accessToken) return open(vault, claim, claim.accessToken, 'access_token')
  return { type: 'absent' }
}

/** Opens the successor that lost a race; it is sealed as the refresh token it will become. */
export function openSpare(vault: Vault, claim: Claim): Credential {
  return claim.spareRefreshToken
    ? open(vault, claim, claim.spareRefreshToken, 'refresh_token')
    : { type: 'absent' }
}

function open(vault: Vault, claim: Claim, blob: string, column: string): Credential {
  const { organizationId, connectionId } = claim
  const opened = vault.open(blob, { organizationId, connectionId, column })
  if (!opened.ok) return { type: 'unreadable', reason: opened.reason }
  return {
    type: 'presented',
    secret: opened.secret,
    fingerprint: credentialFingerprint(connectionId, opened.secret),
  }
}
