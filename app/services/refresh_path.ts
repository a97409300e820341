import type { Provider } from '#oauth/types'

/** What decides whether a connection has something that a refresh could present. */
export interface RefreshableParts {
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  hasRefreshToken: boolean
}

/**
 * True where the engine can renew this connection by itself: there is a refresh token, or the provider exchanges the
 * access token or renews by client credentials. `provider` is null where its definition is gone.
 */
export function hasRefreshPath(provider: Provider | null, parts: RefreshableParts): boolean {
  if (parts.tokenType !== 'oauth2' || !provider?.refresh.supported) return false
  const needsNoRefreshToken = provider.refreshRequest !== null || provider.grantType === 'client_credentials'
  return parts.hasRefreshToken || needsNoRefreshToken
}
