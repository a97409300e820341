import { readFurtherGrants, type AccompanyingGrant } from '#oauth/further_grants'
import { readTokenResponse } from '#oauth/read_token_response'
import type { Secret } from '#oauth/secret'
import { RequestError } from '#oauth/template'
import { codeExchangeRequest } from '#oauth/token_endpoint'
import type {
  AuthorizationServer,
  Exchange,
  Failure,
  OutgoingRequest,
  Provider,
  TokenSet,
} from '#oauth/types'
import type { Engine } from '#services/build_engine'
import type { BegunConnect } from '#services/pending_connects'

/** What of the engine an exchange needs. */
export type ExchangeEngine = Pick<Engine, 'providers' | 'transport'>

export interface CodeExchange {
  provider: Provider
  server: AuthorizationServer
  pending: BegunConnect
  code: Secret
  metadata: Record<string, string>
}

export type Exchanged =
  | { ok: true; tokens: TokenSet; further: AccompanyingGrant[]; receivedAt: number }
  | { ok: false; failure: Failure }

/** What a request at connect may take; a person is waiting. */
const DEADLINE = 20_000

/**
 * Exchanges an authorization code. Where the provider gives a short-lived token first, that one is traded at once for the
 * long-lived one (M1); should that fail, nothing of the grant is kept, since the person is present and tries again.
 */
export async function exchangeCode(engine: ExchangeEngine, input: CodeExchange): Promise<Exchanged> {
  const { provider, server, pending, code, metadata } = input
  const { codeVerifier, redirectUri, config } = pending
  const send = sender(engine, provider)
  const request = () =>
    codeExchangeRequest({ provider, code, redirectUri, codeVerifier, config, metadata }, server)
  const sent = await send(request)
  if (!sent.ok) return sent
  const answer = readTokenResponse(provider, sent.exchange, [code])
  if (!answer.ok) return answer
  const further = readFurtherGrants(provider, sent.exchange, (id) => engine.providers.find(id))
  const lived = await longLived(send, input, answer.tokens, answer.receivedAt)
  return lived.ok ? { ...lived, further } : lived
}

type Send = (
  build: () => OutgoingRequest
) => Promise<{ ok: true; exchange: Exchange } | { ok: false; failure: Failure }>

/** Builds a request and sends it once; a request that cannot be built is a failure like any other. */
export function sender({ transport }: Pick<Engine, 'transport'>, provider: Provider): Send {
  return async (build) => {
    try {
      const options = { deadline: DEADLINE, allowPrivate: provider.allowPrivate }
      return { ok: true, exchange: await transport.send(build(), options) }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      return { ok: false, failure: error.failure }
    }
  }
}

type Lived = { ok: true; tokens: TokenSet; receivedAt: number } | { ok: false; failure: Failure }

/** What the second answer does not name stays as the first one said it. */
async function longLived(
  send: Send,
  { provider, pending, metadata }: CodeExchange,
  short: TokenSet,
  receivedAt: number
): Promise<Lived> {
  const { longLivedRequest } = provider
  if (!longLivedRequest) return { ok: true, tokens: short, receivedAt }
  const known = { ...metadata, ...short.metadata }
  const scopes = short.scopes ?? pending.scopes
  const credential = short.access_token
  const sent = await send(() =>
    longLivedRequest({ provider, credential, scopes, config: pending.config, metadata: known })
  )
  if (!sent.ok) return sent
  const answer = readTokenResponse(provider, sent.exchange, [credential])
  if (!answer.ok) return answer
  const { tokens } = answer
  const kept = {
    scopes: tokens.scopes ?? short.scopes,
    id_token: tokens.id_token ?? short.id_token,
    grantExpiresIn: tokens.grantExpiresIn ?? short.grantExpiresIn,
    metadata: { ...short.metadata, ...tokens.metadata },
  }
  return { ok: true, tokens: { ...tokens, ...kept }, receivedAt: answer.receivedAt }
}
