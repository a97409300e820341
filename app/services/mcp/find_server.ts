import { createHash } from 'node:crypto'
import { addedProviderId } from '#oauth/added_provider'
import { discoverResource, type ProtectedResource } from '#oauth/resource_metadata'
import { pkceFailure, type MetadataResult } from '#oauth/server_metadata'
import type { AuthorizationServer, Failure } from '#oauth/types'
import { callbackUrl, MCP_DEADLINE, type McpDependencies, type McpServer } from '#services/mcp/types'

export type FoundServer = { ok: true; found: McpServer } | { ok: false; failure: Failure }

/**
 * From the URL of an MCP server to its authorization server: the resource's own metadata (RFC 9728), then that of the
 * issuers it names (RFC 8414), in their order; the first that can be used is taken. Nothing is stored.
 */
export async function findServer(
  deps: McpDependencies,
  organizationId: string,
  url: string
): Promise<FoundServer> {
  const { transport, allowPrivate, appUrl } = deps
  const asked = await discoverResource(transport, url, { deadline: MCP_DEADLINE, allowPrivate })
  if (!asked.ok) return asked
  const { resource } = asked
  const chosen = await firstUsable(deps, resource)
  if (!chosen.ok) return chosen
  const { server, issuer } = chosen
  const key = mcpKey(resource.resource, issuer)
  const id = addedProviderId(key, organizationId)
  const found = {
    resource: resource.resource,
    issuer,
    name: resource.name ?? new URL(url).host,
    scopes: scopesFor(resource, server),
    server,
    key,
    id,
    // Of its own for each provider, so that a code of one server never arrives in the name of another (RFC 9700 §4.4.2).
    redirectUri: callbackUrl(appUrl, id),
  }
  return { ok: true, found }
}

/**
 * What an organization calls the provider that a server becomes. Its issuer is part of it: should the server change
 * its authorization server, the tokens of the old one must never be shown to the new one.
 */
export function mcpKey(resource: string, issuer: string): string {
  const words = new URL(resource).host.replace(/[^a-z0-9]+/g, '-').replace(/^mcp-|^-|-$/g, '')
  const digest = createHash('sha256').update(`${resource}\n${issuer}`).digest('hex').slice(0, 8)
  return `mcp-${words.slice(0, 34)}-${digest}`
}

type Usable = { ok: true; issuer: string; server: AuthorizationServer } | { ok: false; failure: Failure }

async function firstUsable(deps: McpDependencies, resource: ProtectedResource): Promise<Usable> {
  let first: Usable | null = null
  for (const issuer of resource.authorizationServers) {
    const usable = judge(issuer, await deps.discovery.about(issuer, deps.allowPrivate))
    if (usable.ok) return usable
    first ??= usable
  }
  if (!first) throw new Error('a resource without authorization servers was let through')
  return first
}

function judge(issuer: string, read: MetadataResult): Usable {
  if (!read.ok) return read
  const { server } = read
  if (!server.authorization_endpoint || !server.token_endpoint) return missing(issuer)
  const failure = pkceFailure(server)
  return failure ? { ok: false, failure } : { ok: true, issuer, server }
}

function missing(issuer: string): Usable {
  const description = `${issuer} names no authorization or token endpoint`
  const rest = { status: null, retryAfter: null }
  return { ok: false, failure: { class: 'configuration', code: 'missing_endpoint', description, ...rest } }
}

// Refresh tokens need this scope where the server knows it; where it does not, asking would fail the request.
function scopesFor({ scopes }: ProtectedResource, server: AuthorizationServer): string[] {
  const offline = server.scopes_supported?.includes('offline_access') ? ['offline_access'] : []
  return [...new Set([...scopes, ...offline])]
}
