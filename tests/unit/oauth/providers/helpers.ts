import { builtInProviders } from '#oauth/providers/built_in'
import { Secret } from '#oauth/secret'
import type { AccountRequestInput, Provider, RefreshInput, TokenQuery } from '#oauth/types'

const consumer = { client_id: 'consumer', client_secret: new Secret('consumer-secret') }

/** The definitions of an installation whose clients are all named `cid` with the secret `s/cret`. */
const PROVIDERS = new Map(
  builtInProviders({ graphVersion: 'v26.0', xConsumer: consumer }).map((provider) => [
    provider.id,
    { ...provider, client: { client_id: 'cid', client_secret: new Secret('s/cret') } },
  ])
)

export const IDS = [...PROVIDERS.keys()]

/** A built-in definition with a client. */
export function builtIn(id: string): Provider {
  const provider = PROVIDERS.get(id)
  if (!provider) throw new Error(`No built-in provider "${id}"`)
  return provider
}

export function refreshInput(provider: Provider): RefreshInput {
  return { provider, credential: new Secret('rt1'), scopes: [], config: {}, metadata: {} }
}

export function accountInput(provider: Provider, token = 'at1'): AccountRequestInput {
  return { provider, accessToken: new Secret(token), accountId: null, config: {}, metadata: {} }
}

export function tokenQuery(provider: Provider): TokenQuery {
  return { provider, token: new Secret('tok'), hint: provider.revokes }
}

/** What a Basic header for that client holds, as it stands on the wire. */
export function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`
}
