import type { ProviderEntry, ProvidersFile } from '#oauth/providers_file_types'
import type { Provider } from '#oauth/types'
import type { Simulator } from '#simulator/simulator'

/** Providers of no vendor, for the two dialects that speak as the standards do. */
export const SIMULATED_ENTRIES: ProvidersFile = {
  simulated: {
    name: 'Simulated OAuth 2.0',
    extends: 'oauth2',
    authorization_endpoint: 'https://login.simulated.example/authorize',
    token_endpoint: 'https://login.simulated.example/token',
    userinfo_endpoint: 'https://login.simulated.example/userinfo',
    revocation_endpoint: 'https://login.simulated.example/revoke',
    scopes: ['profile', 'offline_access'],
  },
  simulated_mcp: {
    name: 'Simulated MCP server',
    extends: 'mcp',
    authorization_endpoint: 'https://auth.simulated-mcp.example/authorize',
    token_endpoint: 'https://auth.simulated-mcp.example/token',
    revocation_endpoint: 'https://auth.simulated-mcp.example/revoke',
    resource: 'https://mcp.simulated.example/mcp',
  },
}

const SERVER_FIELDS = [
  'authorization_endpoint',
  'token_endpoint',
  'revocation_endpoint',
  'userinfo_endpoint',
  'introspection_endpoint',
] as const

/**
 * Contents for PROVIDERS_FILE that lead these definitions to the simulator, with the client that it knows them by.
 * Those that no dialect serves are left out.
 */
export function entriesFor(simulator: Simulator, providers: readonly Provider[]): ProvidersFile {
  return Object.fromEntries(
    providers.flatMap((provider) => {
      const entry = entryFor(simulator, provider)
      return entry ? [[provider.id, entry]] : []
    })
  )
}

function entryFor(simulator: Simulator, provider: Provider): ProviderEntry | null {
  const vendor = simulator.vendorOf(provider.id)
  if (!vendor) return null
  const { server, validation, profile, refreshEndpoint } = provider
  const here = (url: string | null | undefined) => (url ? (simulator.urlFor(url) ?? undefined) : undefined)
  const endpoints = SERVER_FIELDS.map((field) => [field, here(server[field])])
  const others = [
    ['userinfo_endpoint', here(profile?.url ?? server.userinfo_endpoint)],
    ['validation_endpoint', here(validation?.url)],
    ['refresh_endpoint', here(refreshEndpoint)],
  ]
  const told = Object.fromEntries([...endpoints, ...others].filter(([, url]) => url !== undefined))
  const { id, secret } = vendor.dialect.client
  const client = secret === null ? { client_id: id } : { client_id: id, client_secret: secret }
  return { ...SIMULATED_ENTRIES[provider.id], ...told, ...client }
}
