import type { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import type { Grant } from '#services/grant'
import { hasRefreshPath } from '#services/refresh_path'

/** One checked line of an import (SPEC §5.2). Instants are milliseconds since the epoch. */
export interface ImportLine {
  provider: string
  owner: string
  providerAccountId: string
  username: string | null
  accessToken: Secret
  refreshToken: Secret | null
  tokenSecret: Secret | null
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  tokenExpiresAt: number | null
  scopes: string[]
  config: Record<string, string>
  tags: string[]
}

/** Under this name a connection remembers the credential of the line that it was last imported from. */
export const IMPORTED_AS = 'imported_as'

/**
 * The grant in an imported line. When the consent was given and how much of the token's life is over stays unknown; a
 * token that can be refreshed and names no expiry is taken to be fresh, so that it is not kept "for ever" by accident.
 */
export function grantFromLine(provider: Provider, line: ImportLine, now: number): Grant {
  const { assumedLifetime } = provider.refresh
  const parts = { tokenType: line.tokenType, hasRefreshToken: line.refreshToken !== null }
  const assumed =
    hasRefreshPath(provider, parts) && assumedLifetime !== null ? Math.round(now + assumedLifetime) : null
  return {
    provider,
    tokenType: line.tokenType,
    accessToken: line.accessToken,
    refreshToken: line.refreshToken,
    tokenSecret: line.tokenSecret,
    scopes: line.scopes,
    issuedAt: null,
    expiresAt: line.tokenExpiresAt ?? assumed,
    expirySource: line.tokenExpiresAt !== null ? 'provider' : assumed === null ? 'never' : 'assumed',
    grantedAt: null,
    grantExpiresAt: null,
    config: line.config,
    metadata: {},
  }
}
