import { readCallback } from '#oauth/authorization'
import type { AccompanyingGrant } from '#oauth/further_grants'
import type { Failure, Provider } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { exchangeCode, sender, type Exchanged } from '#services/connect_exchange'
import { identify, type Identity } from '#services/connect_identity'
import type { SavedGrant } from '#services/connection_service'
import type { BegunConnect } from '#services/pending_connects'

/** What of the engine connecting needs. */
export type ConnectEngine = Pick<
  Engine,
  'providers' | 'connections' | 'children' | 'discovery' | 'transport' | 'clock'
>

export interface ConnectInput {
  provider: Provider
  pending: BegunConnect
  /** The whole URL that the browser came back to. */
  url: string
  /** The owner of a new connection where the provider names nobody, and the account it stands for. */
  fallback: { owner: string; accountId: string }
  /** The user whose own account this is: a streamer who connects it. */
  ownerUserId?: string | null
  /** Whose new connections are, where whoever asked for them says so; else whom the provider names. */
  owner?: string | null
  /** The only account of the provider that may be connected; every other one is refused. */
  onlyAccount?: string | null
}

export type ConnectResult =
  /** `further`: connections of other definitions that the same consent granted. */
  | { ok: true; saved: SavedGrant; name: string; further: SavedGrant[] }
  /** At which step it ended: before anything was sent, at the token endpoint, or because nobody was named. */
  | { ok: false; step: 'redirect' | 'exchange' | 'identity'; failure: Failure }

/**
 * Turns the redirect of a provider into a stored connection: checks it, exchanges the code (for the long-lived token where
 * there is one), learns who it is, saves, and derives the accounts whose tokens come from this one. What cannot be derived
 * at once stays owed and fails nothing.
 */
export async function finishConnect(engine: ConnectEngine, input: ConnectInput): Promise<ConnectResult> {
  const { provider, pending, url } = input
  const resolved = await engine.discovery.resolve(provider)
  if (!resolved.ok) return { ok: false, step: 'exchange', failure: resolved.failure }
  const { server } = resolved
  const callback = readCallback({ provider, server, pending, url })
  if (!callback.ok) return { ok: false, step: 'redirect', failure: callback.failure }
  const { code } = callback
  const answer = await exchangeCode(engine, { provider, server, pending, code, metadata: callback.metadata })
  if (!answer.ok) return { ok: false, step: 'exchange', failure: answer.failure }
  const metadata = { ...callback.metadata, ...answer.tokens.metadata }
  // Elsewhere a new pair is committed before its first use. Here the account must be known to find its row, and should
  // the process die meanwhile, the person is present and simply connects again.
  const { tokens, receivedAt: now } = answer
  const named = { provider, server, pending, tokens, metadata, fallbackId: input.fallback.accountId, now }
  const identity = only(input.onlyAccount, await identify(sender(engine, provider), named))
  if (!identity.ok) return { ok: false, step: 'identity', failure: identity.failure }
  const saved = await save(engine, input, answer, identity, metadata)
  const further = await saveFurther(engine, input, answer)
  if (provider.children) await engine.children.derive(saved.connectionId, { kind: 'manual' })
  const { id, username, displayName } = identity.account
  return { ok: true, saved, name: displayName ?? username ?? id, further }
}

type Answer = Extract<Exchanged, { ok: true }>

/** Refuses every account but this one, where one is asked for. */
function only(accountId: string | null | undefined, identity: Identity): Identity {
  if (!identity.ok || !accountId || identity.account.id === accountId) return identity
  const description = 'The person came back with another account'
  const failure = { code: 'other_account', description, status: null, retryAfter: null }
  return { ok: false, failure: { class: 'rejected', ...failure } }
}

function save(
  engine: ConnectEngine,
  { provider, pending, fallback, owner, ownerUserId }: ConnectInput,
  { tokens, receivedAt }: Answer,
  { account, named }: Extract<Identity, { ok: true }>,
  metadata: Record<string, string>
): Promise<SavedGrant> {
  return engine.connections.saveGrant({
    provider,
    organizationId: pending.organizationId,
    account,
    owner: owner ?? (named ? (account.username ?? account.id) : fallback.owner),
    ownerUserId,
    reconnect: pending.reconnect,
    tokens,
    receivedAt,
    requestedScopes: pending.scopes,
    config: pending.config,
    metadata,
  })
}

/** Each further grant is a connection of its own definition, with a chain of its own; its answer named its account. */
async function saveFurther(
  engine: ConnectEngine,
  { pending, owner, ownerUserId }: ConnectInput,
  { further, receivedAt }: Answer
): Promise<SavedGrant[]> {
  const { organizationId, config } = pending
  const saveOne = ({ provider, tokens, account }: AccompanyingGrant) =>
    engine.connections.saveGrant({
      provider,
      organizationId,
      account,
      owner: owner ?? account.username ?? account.id,
      ownerUserId,
      tokens,
      receivedAt,
      requestedScopes: [],
      config,
      metadata: tokens.metadata,
    })
  const saved: SavedGrant[] = []
  for (const grant of further) saved.push(await saveOne(grant))
  return saved
}
