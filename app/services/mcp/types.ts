import type { EntryProblem } from '#oauth/added_provider'
import type { Discovery } from '#oauth/discovery'
import type { AuthorizationServer, Clock, Provider, Transport } from '#oauth/types'
import type { McpFault } from '#services/mcp/mcp_fault'
import type { ProviderCatalogue } from '#services/provider_catalogue'

/** What connecting MCP servers stands on. */
export interface McpDependencies {
  catalogue: ProviderCatalogue
  discovery: Discovery
  transport: Transport
  clock: Clock
  /** Where people reach the application; redirect URLs and our client document lie below it. */
  appUrl: string
  /** ALLOW_PRIVATE_PROVIDERS: lets MCP servers use http and private addresses. */
  allowPrivate: boolean
}

/** What a person gives: the server's URL and, where the server registers nobody by itself, a client. */
export interface McpInput {
  url: string
  clientId: string | null
  clientSecret: string | null
}

/** What a person must bring before a server can be connected. */
export interface WantedClient {
  issuer: string
  redirectUri: string
}

export type McpResult = { ok: true; provider: Provider } | McpRefusal

/** Why nothing was connected. */
export interface McpRefusal {
  ok: false
  field: 'url' | 'client_id'
  fault: McpFault
  /** What keeps the provider from being stored, where that is why. */
  because: readonly EntryProblem[]
  /** The fault in English, for logs; pages say it in the reader's language. */
  message: string
  wanted: WantedClient | null
}

/** An MCP server, as far as it is known before our client is. */
export interface McpServer {
  resource: string
  issuer: string
  name: string
  scopes: string[]
  server: AuthorizationServer
  /** Its key within the organization, and the id of the provider that it becomes. */
  key: string
  id: string
  redirectUri: string
}

/** Where the codes for a provider arrive. */
export function callbackUrl(appUrl: string, providerId: string): string {
  return `${appUrl}/connect/${encodeURIComponent(providerId)}/callback`
}

/** What a request to an MCP server or its authorization server may take; a person is waiting. */
export const MCP_DEADLINE = 10_000
