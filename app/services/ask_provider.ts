import { recordCall } from '#oauth/call_record'
import { readTokenResponse } from '#oauth/read_token_response'
import { Secret } from '#oauth/secret'
import { RequestError } from '#oauth/template'
import { refreshRequest } from '#oauth/token_endpoint'
import type {
  AuthorizationServer,
  CallRecord,
  Clock,
  Exchange,
  Failure,
  OutgoingRequest,
  Provider,
  TokenResult,
  Transport,
} from '#oauth/types'
import type { Credential } from '#token_refresh/credential'
import type { Claim } from '#token_refresh/types'

export interface AskDependencies {
  transport: Transport
  /** Finds a provider's endpoints, by discovery where its definition names none. */
  resolveServer: (provider: Provider) => Promise<ServerAnswer>
  clock: Clock
  requestDeadline: number
}

export type ServerAnswer = { ok: true; server: AuthorizationServer } | { ok: false; failure: Failure }

/** The provider's answer, judged, and what the log keeps of the request; null where none was made. */
export interface Asked {
  result: TokenResult
  call: CallRecord | null
}

/** Presents a claim's credential to its provider, once. Expected failures are values; what is wrong on our side is, too. */
export async function askProvider(
  deps: AskDependencies,
  provider: Provider,
  claim: Claim,
  credential: Credential
): Promise<Asked> {
  const fail = (failure: Failure): Asked => {
    return { result: { ok: false, failure, receivedAt: deps.clock.now() }, call: null }
  }
  if (credential.type !== 'presented') {
    const reason = credential.type === 'unreadable' ? credential.reason : 'absent'
    return fail(localFailure('unreadable', reason, 'The stored token cannot be decrypted.'))
  }
  if (!provider.client) {
    const description = 'No client id is configured for this provider.'
    return fail(localFailure('configuration', 'client_not_configured', description))
  }
  const resolved = await deps.resolveServer(provider)
  if (!resolved.ok) return fail(resolved.failure)
  const { scopes, config, metadata } = claim
  const input = { provider, credential: credential.secret, scopes, config, metadata }
  try {
    return await exchanged(deps, provider, refreshRequest(input, resolved.server), credential.secret)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return fail(error.failure)
  }
}

async function exchanged(
  { transport, clock, requestDeadline }: AskDependencies,
  provider: Provider,
  request: OutgoingRequest,
  presented: Secret
): Promise<Asked> {
  const startedAt = clock.monotonic()
  const exchange = await transport.send(request, {
    deadline: requestDeadline,
    allowPrivate: provider.allowPrivate,
  })
  const tookMs = clock.monotonic() - startedAt
  const result = readTokenResponse(provider, exchange, [presented])
  return { result, call: recorded(provider, request, exchange, { tookMs, presented, result }) }
}

function recorded(
  { client }: Provider,
  request: OutgoingRequest,
  exchange: Exchange,
  { tookMs, presented, result }: { tookMs: number; presented: Secret; result: TokenResult }
): CallRecord | null {
  const tokens = result.ok ? result.tokens : null
  const secrets = [presented, client?.client_secret, tokens?.access_token, tokens?.refresh_token]
  const all = [...secrets, tokens?.id_token].filter((secret) => secret instanceof Secret)
  try {
    return recordCall(request, exchange, { tookMs, secrets: all })
  } catch {
    // New tokens may have come with the answer: a record that cannot be made is no reason to lose them.
    return null
  }
}

function localFailure(kind: Failure['class'], code: string, description: string): Failure {
  return { class: kind, code, description, status: null, retryAfter: null }
}
