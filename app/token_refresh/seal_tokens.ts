import type { SealedTokens } from '#token_refresh/settlement'
import type { Claim, StoreTokens } from '#token_refresh/types'
import { credentialFingerprint, type Vault } from '#vault/vault'

/**
 * Turns a decision to store into values for the row: tokens sealed in their place, and the fingerprint of what the next
 * refresh will present. An answer without a refresh token keeps the stored one (RFC 6749 §6).
 */
export function sealTokens(
  vault: Vault,
  claim: Claim,
  presentedFp: string,
  decision: StoreTokens
): SealedTokens {
  const { organizationId, connectionId } = claim
  const { access_token: access, refresh_token: refresh, scopes, metadata } = decision.tokens
  const place = (column: string) => ({ organizationId, connectionId, column })
  const presentsAccessToken = !claim.refreshToken && !refresh
  const credentialFp = refresh
    ? credentialFingerprint(connectionId, refresh)
    : presentsAccessToken
      ? credentialFingerprint(connectionId, access)
      : presentedFp
  return {
    accessToken: vault.seal(access, place('access_token')),
    refreshToken: refresh && vault.seal(refresh, place('refresh_token')),
    scopes,
    metadata: Object.keys(metadata).length > 0 ? { ...claim.metadata, ...metadata } : null,
    tokenExpiresAt: decision.tokenExpiresAt,
    expirySource: decision.expirySource,
    grantExpiresAt: decision.grantExpiresAt,
    nextRefreshAt: decision.nextRefreshAt,
    credentialFp,
    rotated: credentialFp !== presentedFp,
    statusReason: decision.statusReason,
    transition: decision.transition,
  }
}
