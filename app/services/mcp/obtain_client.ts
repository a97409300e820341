import {
  clientSource,
  readRegistration,
  registrationAuthMethod,
  registrationRequest,
  type RegistrationResult,
} from '#oauth/registration'
import { Secret } from '#oauth/secret'
import type { ClientAuthMethod, ClientRegistration, Failure } from '#oauth/types'
import type { StoredRegistration } from '#models/provider'
import type { NewProvider } from '#services/provider_changes'
import { MCP_DEADLINE, type McpDependencies, type McpInput, type McpServer } from '#services/mcp/types'

/** What our client is made of, in the fields of the catalogue. */
export interface ObtainedClient {
  entry: { client_id?: string; client_auth?: ClientAuthMethod }
  clientSecret: Secret | null
  registration: StoredRegistration | null
  registrationAccessToken: Secret | null
}

/** `failure` is null where the server offers no way to register by itself. */
export type ClientResult = { ok: true; obtained: ObtainedClient } | { ok: false; failure: Failure | null }

/** The client by which we are known at a server, in the order of the MCP specification; at most one request. */
export async function obtainClient(
  deps: McpDependencies,
  found: McpServer,
  given: Pick<McpInput, 'clientId' | 'clientSecret'>
): Promise<ClientResult> {
  const brought = broughtClient(given)
  const document = clientDocumentUrl(deps.appUrl, found.id)
  switch (clientSource(found.server, brought, document)) {
    case 'given':
      return { ok: true, obtained: byHand(brought!, registrationAuthMethod(found.server)) }
    case 'metadata_document':
      return { ok: true, obtained: { ...NOTHING, entry: { client_id: document!, client_auth: 'none' } } }
    case 'dynamic':
      return dynamic(await register(deps, found), found.redirectUri, deps.clock.now())
    case 'ask':
      return { ok: false, failure: null }
  }
}

/**
 * Where a provider's client document is served, which then is our client id (Client ID Metadata Document). Null where
 * the application is not reached by https: no server would take such an id.
 */
export function clientDocumentUrl(appUrl: string, providerId: string): string | null {
  if (!appUrl.startsWith('https://')) return null
  return `${appUrl}/oauth/clients/${encodeURIComponent(providerId)}/client-metadata.json`
}

/** How our client calls itself where people are asked for their consent. */
export const CLIENT_NAME = 'Evergrant'

/** Registers a client at a server that has a registration endpoint (RFC 7591). */
export async function register(
  deps: McpDependencies,
  found: Pick<McpServer, 'server' | 'redirectUri'>
): Promise<RegistrationResult> {
  const described = {
    name: CLIENT_NAME,
    uri: deps.appUrl,
    redirectUri: found.redirectUri,
    authMethod: registrationAuthMethod(found.server),
  }
  const request = registrationRequest(found.server.registration_endpoint ?? '', described)
  const options = { deadline: MCP_DEADLINE, allowPrivate: deps.allowPrivate }
  return readRegistration(described, await deps.transport.send(request, options), deps.allowPrivate)
}

/** The fields that keep a registration; its secrets stand apart from it. `at` is the time of the answer. */
export function registrationFields(
  result: Extract<RegistrationResult, { ok: true }>,
  redirectUri: string,
  at: number
): Required<Pick<NewProvider, 'clientSecret' | 'registration' | 'registrationAccessToken'>> {
  const { client, authMethod, secretExpiresAt, management } = result.registered
  return {
    clientSecret: client.client_secret,
    registration: {
      client_id: client.client_id,
      token_endpoint_auth_method: authMethod,
      // The name and the unit of RFC 7591.
      client_secret_expires_at: secretExpiresAt === null ? 0 : secretExpiresAt / 1_000,
      registration_client_uri: management?.uri ?? null,
      redirect_uri: redirectUri,
      registered_at: at,
    },
    registrationAccessToken: management?.token ?? null,
  }
}

const NOTHING = { clientSecret: null, registration: null, registrationAccessToken: null }

function broughtClient({ clientId, clientSecret }: Pick<McpInput, 'clientId' | 'clientSecret'>) {
  if (clientId === null) return null
  return { client_id: clientId, client_secret: clientSecret === null ? null : new Secret(clientSecret) }
}

function byHand({ client_id, client_secret }: ClientRegistration, offered: ClientAuthMethod): ObtainedClient {
  const withSecret = offered === 'none' ? 'client_secret_basic' : offered
  const entry = { client_id, client_auth: client_secret ? withSecret : ('none' as const) }
  return { ...NOTHING, entry, clientSecret: client_secret }
}

function dynamic(result: RegistrationResult, redirectUri: string, at: number): ClientResult {
  return result.ok
    ? { ok: true, obtained: { entry: {}, ...registrationFields(result, redirectUri, at) } }
    : result
}
