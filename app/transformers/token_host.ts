import type { Provider } from '#oauth/types'

/** Where a provider's refreshes are posted to; null where that depends on the account, is found at the server, or is no form. */
export function tokenHost(provider: Provider | null): string | null {
  if (provider?.refreshRequest) return null
  const endpoint = provider?.server.token_endpoint ?? ''
  return !endpoint.includes('{') && URL.canParse(endpoint) ? new URL(endpoint).host : null
}
