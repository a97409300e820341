import mcp from '#oauth/providers/mcp'
import type { ProviderEntry } from '#oauth/providers_file_types'
import type { EntryProblem } from '#oauth/added_provider'
import type { Failure } from '#oauth/types'
import type { AddedProvider } from '#services/added_providers'
import { findServer } from '#services/mcp/find_server'
import { mcpFault, mcpFaultWords, type McpFault } from '#services/mcp/mcp_fault'
import { clientDocumentUrl, obtainClient, type ObtainedClient } from '#services/mcp/obtain_client'
import { secretHasExpired } from '#services/mcp/renew_client'
import { readServerUrl } from '#services/mcp/server_url'
import type { McpDependencies, McpInput, McpRefusal, McpResult, McpServer } from '#services/mcp/types'

/**
 * Makes a provider of an organization out of the URL of an MCP server: finds its authorization server, obtains a client
 * there and stores both. A server that is known already keeps its client, unless another one is given or its secret has
 * ended. The person then goes through the ordinary consent.
 */
export async function connectMcpServer(
  deps: McpDependencies,
  organizationId: string,
  input: McpInput
): Promise<McpResult> {
  const address = readServerUrl(input.url, deps.allowPrivate)
  if (!address.ok) return refused(address.fault)
  const asked = await findServer(deps, organizationId, address.url)
  if (!asked.ok) return refused(mcpFault(asked.failure))
  const { found } = asked
  const known = deps.catalogue.addedBy(organizationId).find(({ key }) => key === found.key)
  const kept = known && input.clientId === null ? keptClient(deps, found, known) : null
  const client = kept ?? (await obtainClient(deps, found, input))
  if (!client.ok) return clientNeeded(found, client.failure)
  return store(deps, organizationId, found, client.obtained)
}

/** The client that a known server has given us before; null where it cannot be used any more. */
function keptClient(
  deps: McpDependencies,
  found: McpServer,
  { entry, registration, provider }: AddedProvider
) {
  if (!provider?.client || secretHasExpired(registration, deps.clock.now())) return null
  // A client that was made for another address of ours would send people there.
  if (registration && registration.redirect_uri !== found.redirectUri) return null
  const isDocument = entry.client_id?.endsWith('/client-metadata.json')
  if (isDocument && entry.client_id !== clientDocumentUrl(deps.appUrl, found.id)) return null
  const { client_id: clientId, client_auth: clientAuth } = entry
  const isNamed = clientId !== undefined
  const obtained = { entry: isNamed ? { client_id: clientId, client_auth: clientAuth } : {} }
  return { ok: true as const, obtained }
}

async function store(
  deps: McpDependencies,
  organizationId: string,
  found: McpServer,
  { entry: client, ...secrets }: Pick<ObtainedClient, 'entry'> & Partial<ObtainedClient>
): Promise<McpResult> {
  const { catalogue } = deps
  const entry = entryOf(found, client)
  const exists = () => catalogue.addedBy(organizationId).some(({ key }) => key === found.key)
  const update = () => catalogue.update(organizationId, found.key, { entry, ...secrets })
  if (exists()) return told(await update())
  const { key, name } = found
  const added = await catalogue.add(organizationId, {
    key,
    name,
    kind: mcp.id,
    entry,
    ...secrets,
  })
  // Another request may have stored the same server meanwhile; its client is as good as ours.
  const raced = added.ok ? null : await catalogue.resolve(organizationId, found.id)
  return raced ? { ok: true, provider: raced } : told(added)
}

function told(result: Awaited<ReturnType<McpDependencies['catalogue']['update']>>): McpResult {
  if (result.ok) return result
  return refused({ code: 'unstorable', values: {} }, { because: result.problems })
}

function entryOf(found: McpServer, client: ObtainedClient['entry']): ProviderEntry {
  return {
    issuer: found.issuer,
    resource: found.resource,
    scopes: found.scopes,
    // OpenID Connect Core §11: without it a server may pass over the wish for a refresh token.
    ...(found.scopes.includes('offline_access') ? { authorization_params: { prompt: 'consent' } } : {}),
    ...client,
  }
}

function clientNeeded({ issuer, redirectUri }: McpServer, failure: Failure | null): McpResult {
  if (failure && failure.class !== 'configuration') return refused(mcpFault(failure))
  const { host } = new URL(issuer)
  const fault: McpFault = failure
    ? { code: 'registration_refused', values: { host, code: failure.code } }
    : { code: 'no_registration', values: { host } }
  return refused(fault, { field: 'client_id', wanted: { issuer, redirectUri } })
}

function refused(fault: McpFault, more: Partial<McpRefusal> = {}): McpRefusal {
  const because: EntryProblem[] = []
  return { ok: false, field: 'url', fault, because, message: mcpFaultWords(fault), wanted: null, ...more }
}
