import type { Provider } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import type { McpRefusal } from '#services/mcp/types'

/** `reason`: the code of what failed, or why the MCP server refused. `moved`: an MCP server names another authorization server now, which became a provider of its own. */
export type Rediscovery = { ok: true; moved: boolean } | { ok: false; reason: string | McpRefusal }

/** Whether a provider's endpoints are found by asking it. */
export function isDiscovered({ resource, server }: Provider): boolean {
  return resource !== null || (server.issuer !== undefined && server.token_endpoint === undefined)
}

/** Asks a provider for its metadata again, whatever is remembered. Its client and its accounts stay. */
export async function rediscover(
  { discovery, mcp }: Pick<Engine, 'discovery' | 'mcp'>,
  organizationId: string,
  provider: Provider,
  isMcp: boolean
): Promise<Rediscovery> {
  discovery.forget(provider)
  if (isMcp && provider.resource !== null) {
    const input = { url: provider.resource, clientId: null, clientSecret: null }
    const result = await mcp.connect(organizationId, input)
    if (!result.ok) return { ok: false, reason: result }
    return { ok: true, moved: result.provider.id !== provider.id }
  }
  const read = await discovery.resolve(provider)
  return read.ok ? { ok: true, moved: false } : { ok: false, reason: read.failure.code }
}
