import type { Secret } from '#oauth/secret'
import type { SealedPlace, SealedValue, Vault } from '#vault/vault'
import { freshUntil } from '#services/token_manager/judge_read'
import type { TokenRow } from '#services/token_manager/token_row'

/** A token that a caller may use now. */
export interface ValidToken {
  connectionId: string
  accessToken: Secret
  /** OAuth 1.0a only: what requests are signed with, beside the consumer secret. */
  tokenSecret: Secret | null
  /** The scheme of the Authorization header: `Bearer`, or `OAuth` for OAuth 1.0a. */
  tokenType: 'Bearer' | 'OAuth'
  /** How the connection is kept: refreshed (`oauth2`), signed (`oauth1a`) or as it is (`static`). */
  kind: 'oauth2' | 'oauth1a' | 'static'
  /** Null where the token has no known end. */
  expiresAt: Date | null
  scopes: readonly string[]
}

/** What caches keep of a connection: its tokens, still sealed, and until when they are handed out without a look. */
export interface SealedToken {
  organizationId: string
  connectionId: string
  accessToken: string
  tokenSecret: string | null
  kind: ValidToken['kind']
  expiresAt: number | null
  /** Milliseconds since the epoch; null: for ever. */
  freshUntil: number | null
  scopes: readonly string[]
}

/** A sealed token taken apart, so that opening it costs no more than the decryption. */
export interface ServableToken {
  organizationId: string
  connectionId: string
  accessToken: SealedValue
  tokenSecret: SealedValue | null
  kind: ValidToken['kind']
  expiresAt: number | null
  freshUntil: number
  scopes: readonly string[]
}

/** The cacheable part of a row that a read may serve. */
export function sealedToken(row: TokenRow & { accessToken: string }): SealedToken {
  const until = freshUntil(row)
  return {
    organizationId: row.organizationId,
    connectionId: row.connectionId,
    accessToken: row.accessToken,
    tokenSecret: row.tokenSecret,
    kind: row.tokenType,
    expiresAt: row.expiresAt,
    freshUntil: Number.isFinite(until) ? until : null,
    scopes: row.scopes,
  }
}

/** Takes a sealed token apart; null where it cannot belong to this place or its key is unknown. */
export function servable(vault: Vault, sealed: SealedToken): ServableToken | null {
  const { organizationId, connectionId } = sealed
  const apart = (blob: string, column: string) => {
    const place: SealedPlace = { organizationId, connectionId, column }
    const parts = vault.takeApart(blob, place)
    return parts.ok ? parts.sealed : null
  }
  const accessToken = apart(sealed.accessToken, 'access_token')
  const tokenSecret = sealed.tokenSecret === null ? null : apart(sealed.tokenSecret, 'token_secret')
  if (!accessToken || (sealed.tokenSecret !== null && !tokenSecret)) return null
  return {
    ...sealed,
    accessToken,
    tokenSecret,
    freshUntil: sealed.freshUntil ?? Number.POSITIVE_INFINITY,
    scopes: Object.freeze([...sealed.scopes]),
  }
}

/** Opens a token for a caller; null where it does not open, which is never to be taken for absent. */
export function openToken(vault: Vault, token: ServableToken): ValidToken | null {
  const access = vault.openParts(token.accessToken)
  if (!access.ok) return null
  let tokenSecret: Secret | null = null
  if (token.tokenSecret) {
    const opened = vault.openParts(token.tokenSecret)
    if (!opened.ok) return null
    tokenSecret = opened.secret
  }
  return {
    connectionId: token.connectionId,
    accessToken: access.secret,
    tokenSecret,
    tokenType: token.kind === 'oauth1a' ? 'OAuth' : 'Bearer',
    kind: token.kind,
    expiresAt: token.expiresAt === null ? null : new Date(token.expiresAt),
    scopes: token.scopes,
  }
}
