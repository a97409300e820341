import { readCallback } from '#oauth/authorization'
import { readTokenResponse } from '#oauth/read_token_response'
import type { Secret } from '#oauth/secret'
import { RequestError } from '#oauth/template'
import { codeExchangeRequest } from '#oauth/token_endpoint'
import type { AuthorizationServer, Failure, OutgoingRequest, Provider, TokenSet } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { identify, type Identity } from '#services/connect_identity'
import type { SavedGrant } from '#services/connection_service'
import type { PendingConnect } from '#services/pending_connects'

/** What of the engine connecting needs. */
export type ConnectEngine = Pick<Engine, 'connections' | 'discovery' | 'transport' | 'clock'>

export interface ConnectInput {
  provider: Provider
  pending: PendingConnect
  /** The whole URL that the browser came back to. */
  url: string
  /** The owner of a new connection where the provider names nobody, and the account it stands for. */
  fallback: { owner: string; accountId: string }
}

export type ConnectResult =
  | { ok: true; saved: SavedGrant; name: string }
  /** At which step it ended: before anything was sent, at the token endpoint, or because nobody was named. */
  | { ok: false; step: 'redirect' | 'exchange' | 'identity'; failure: Failure }

/** What a request at connect may take; a person is waiting. */
const DEADLINE = 20_000

/** Turns the redirect of a provider into a stored connection: checks it, exchanges the code, learns who it is, saves. */
export async function finishConnect(engine: ConnectEngine, input: ConnectInput): Promise<ConnectResult> {
  const { provider, pending, url } = input
  const resolved = await engine.discovery.resolve(provider)
  if (!resolved.ok) return { ok: false, step: 'exchange', failure: resolved.failure }
  const { server } = resolved
  const callback = readCallback({ provider, server, pending, url })
  if (!callback.ok) return { ok: false, step: 'redirect', failure: callback.failure }
  const answer = await exchange(engine, input, server, callback.code, callback.metadata)
  if (!answer.ok) return { ok: false, step: 'exchange', failure: answer.failure }
  const metadata = { ...callback.metadata, ...answer.tokens.metadata }
  // Elsewhere a new pair is committed before its first use. Here the account must be known to find its row, and should
  // the process die meanwhile, the person is present and simply connects again.
  const identity = await identify(sender(engine, provider), {
    provider,
    server,
    pending,
    tokens: answer.tokens,
    metadata,
    fallbackId: input.fallback.accountId,
    now: answer.receivedAt,
  })
  if (!identity.ok) return { ok: false, step: 'identity', failure: identity.failure }
  const saved = await save(engine, input, answer, identity, metadata)
  const { id, username, displayName } = identity.account
  return { ok: true, saved, name: displayName ?? username ?? id }
}

function save(
  engine: ConnectEngine,
  { provider, pending, fallback }: ConnectInput,
  { tokens, receivedAt }: Extract<Exchanged, { ok: true }>,
  { account, named }: Extract<Identity, { ok: true }>,
  metadata: Record<string, string>
): Promise<SavedGrant> {
  return engine.connections.saveGrant({
    provider,
    organizationId: pending.organizationId,
    account,
    owner: named ? (account.username ?? account.id) : fallback.owner,
    reconnect: pending.reconnect,
    tokens,
    receivedAt,
    requestedScopes: pending.scopes,
    config: pending.config,
    metadata,
  })
}

type Exchanged = { ok: true; tokens: TokenSet; receivedAt: number } | { ok: false; failure: Failure }

async function exchange(
  engine: ConnectEngine,
  { provider, pending }: ConnectInput,
  server: AuthorizationServer,
  code: Secret,
  metadata: Record<string, string>
): Promise<Exchanged> {
  const { codeVerifier, redirectUri, config } = pending
  const request = () =>
    codeExchangeRequest({ provider, code, redirectUri, codeVerifier, config, metadata }, server)
  const sent = await sender(engine, provider)(request)
  if (!sent.ok) return sent
  return readTokenResponse(provider, sent.exchange, [code])
}

/** Builds a request and sends it once; a request that cannot be built is a failure like any other. */
function sender(engine: ConnectEngine, provider: Provider) {
  return async (build: () => OutgoingRequest) => {
    try {
      const options = { deadline: DEADLINE, allowPrivate: provider.allowPrivate }
      return { ok: true as const, exchange: await engine.transport.send(build(), options) }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      return { ok: false as const, failure: error.failure }
    }
  }
}
