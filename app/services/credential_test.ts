import type { Discovery } from '#oauth/discovery'
import { readTokenResponse } from '#oauth/read_token_response'
import { Secret } from '#oauth/secret'
import { RequestError } from '#oauth/template'
import { refreshRequest } from '#oauth/token_endpoint'
import type {
  ClientRegistration,
  Clock,
  Failure,
  FailureClass,
  OutgoingRequest,
  Provider,
  TokenResult,
  Transport,
} from '#oauth/types'
import type { McpService } from '#services/mcp/mcp_service'

/** Why a test would prove nothing; `variables`: where requests go depends on the account. */
export type Untestable = 'no_client' | 'no_refresh' | 'variables' | 'no_proof'

/** What the provider thinks of our client. `works`: it gave a token; `accepted`: it refused only what we made up. */
export type Verdict = 'works' | 'accepted' | 'refused' | 'limited' | 'unreachable' | 'unclear'

export type CredentialFinding =
  | { tested: false; reason: Untestable }
  | { tested: true; verdict: Verdict; code: string | null; status: number | null }

interface Dependencies {
  discovery: Pick<Discovery, 'resolve'>
  mcp: Pick<McpService, 'expired'>
  transport: Transport
  clock: Clock
}

/** A person is waiting. */
const DEADLINE = 10_000
const NO_TOKEN = 'evergrant-credential-test'

/** Why a provider's client cannot be tested at all, as far as its definition tells; null where it can. */
export function untestable({ client, refresh, grantType, config }: Provider): Untestable | null {
  if (client === null) return 'no_client'
  if (!refresh.supported && grantType !== 'client_credentials') return 'no_refresh'
  return Object.keys(config).length > 0 ? 'variables' : null
}

/**
 * Asks a provider for a refresh with a token that nobody ever had: a provider that knows our client refuses the token,
 * one that does not refuses the client (RFC 6749 §5.2). No account is touched, and the gate hears nothing of it.
 */
export async function testCredentials(deps: Dependencies, provider: Provider): Promise<CredentialFinding> {
  const reason = untestable(provider)
  if (reason || !provider.client) return { tested: false, reason: reason ?? 'no_client' }
  const ended = deps.mcp.expired(provider)
  if (ended) return found(ended)
  const resolved = await deps.discovery.resolve(provider)
  // Metadata that is missing or not to be trusted says nothing about the client.
  if (!resolved.ok) return { ...found(resolved.failure), verdict: 'unreachable' }
  const credential = new Secret(NO_TOKEN)
  try {
    const input = { provider, credential, scopes: provider.scopes, config: {}, metadata: {} }
    const request = refreshRequest(input, resolved.server)
    if (!showsClient(request, provider.client)) return { tested: false, reason: 'no_proof' }
    const options = { deadline: DEADLINE, allowPrivate: provider.allowPrivate }
    return judged(readTokenResponse(provider, await deps.transport.send(request, options), [credential]))
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return { ...found(error.failure), verdict: 'unclear' }
  }
}

const VERDICTS: Partial<Record<FailureClass, Verdict>> = {
  rejected: 'accepted',
  configuration: 'refused',
  rate_limited: 'limited',
  not_sent: 'unreachable',
  unavailable: 'unreachable',
  ambiguous: 'unreachable',
}

function judged(result: TokenResult): CredentialFinding {
  return result.ok ? { tested: true, verdict: 'works', code: null, status: null } : found(result.failure)
}

function found({ class: kind, code, status }: Failure): Extract<CredentialFinding, { tested: true }> {
  return { tested: true, verdict: VERDICTS[kind] ?? 'unclear', code, status }
}

/** Whether a request tells who asks: in a header of its own, or by our client id among its fields. */
function showsClient(
  { headers, body, query }: OutgoingRequest,
  { client_id: id }: ClientRegistration
): boolean {
  const fields = [...Object.values(body?.fields ?? {}), ...Object.values(query ?? {})]
  const hasProof = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
  return hasProof || fields.includes(id)
}
