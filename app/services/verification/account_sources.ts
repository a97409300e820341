import { accountRequest, profileEndpoint, readAccount, readIntrospection } from '#oauth/account'
import { oauth1Header } from '#oauth/oauth1_signature'
import { Secret } from '#oauth/secret'
import { fillEndpoint, fillValue, RequestError } from '#oauth/template'
import { introspectionRequest } from '#oauth/token_endpoint'
import type {
  AccountEndpoint,
  AccountRequestInput,
  AccountResult,
  AuthorizationServer,
  Exchange,
  OutgoingRequest,
} from '#oauth/types'

/** A place that can be asked about a token. */
export interface AccountSource {
  kind: 'validation' | 'profile' | 'introspection'
  /** Whether the account's id there is the one by which connecting stores the account. */
  namesAccount: boolean
  /** Throws `RequestError` where it cannot be built. */
  request(): OutgoingRequest
  read(exchange: Exchange): AccountResult
}

/** The account's own token, opened, and what signs a call of OAuth 1.0a. */
export interface Presented extends AccountRequestInput {
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  tokenSecret: Secret | null
  /** Seconds since the epoch, and a word that was never used with them. */
  timestamp: number
  nonce: string
}

/**
 * Where to ask about a token, best first. A token that somebody made by hand is shown to the profile first, since a
 * validation endpoint may know none but those of our own client; OAuth 1.0a has its signed call and no other.
 */
export function accountSources(input: Presented, server: AuthorizationServer): AccountSource[] {
  const { provider } = input
  if (input.tokenType === 'oauth1a') return provider.oauth1 ? [signedSource(input)] : []
  const profile = profileEndpoint(provider, server)
  const validation = provider.validation && source('validation', provider.validation, profile === null, input)
  const account = profile && source('profile', profile, true, input)
  const introspection = introspectionSource(input, server)
  const order =
    input.tokenType === 'static'
      ? [account, validation]
      : [validation, account, validation ? null : introspection]
  return order.filter((one) => one !== null)
}

function source(
  kind: AccountSource['kind'],
  endpoint: AccountEndpoint,
  namesAccount: boolean,
  input: Presented
): AccountSource {
  return {
    kind,
    namesAccount,
    request: () => accountRequest(endpoint, input),
    read: (exchange) => readAccount(input.provider, endpoint, exchange, [input.accessToken]),
  }
}

/** RFC 7662; it speaks of our own client's tokens. */
function introspectionSource(input: Presented, server: AuthorizationServer): AccountSource | null {
  const { provider, accessToken: token, config, metadata } = input
  if (!server.introspection_endpoint) return null
  return {
    kind: 'introspection',
    namesAccount: false,
    request() {
      const request = introspectionRequest(
        { provider, token, hint: 'access_token', config, metadata },
        server
      )
      if (!request) throw new RequestError('no_introspection_endpoint', `${provider.name} has none`)
      return request
    },
    read: (exchange) => readIntrospection(provider, exchange),
  }
}

function signedSource(input: Presented): AccountSource {
  const { provider, accessToken, tokenSecret } = input
  const { validation, consumer } = provider.oauth1!
  return {
    kind: 'validation',
    namesAccount: true,
    request: () => signedRequest(input, validation),
    read: (exchange) => {
      const secrets = [accessToken, tokenSecret, consumer?.client_secret].filter(
        (secret) => secret instanceof Secret
      )
      return readAccount(provider, validation, exchange, secrets)
    },
  }
}

function signedRequest(input: Presented, endpoint: AccountEndpoint): OutgoingRequest {
  const { provider, tokenSecret } = input
  const consumer = provider.oauth1?.consumer
  if (!consumer?.client_secret || !tokenSecret) {
    throw new RequestError('no_consumer', `${provider.name} has no consumer key and secret for OAuth 1.0a`)
  }
  const method = endpoint.method ?? 'GET'
  const url = fillEndpoint(endpoint.url, provider, input)
  const header = oauth1Header({
    method,
    url,
    consumerKey: consumer.client_id,
    consumerSecret: consumer.client_secret,
    token: input.accessToken,
    tokenSecret,
    timestamp: input.timestamp,
    nonce: input.nonce,
  })
  const extra = Object.entries(endpoint.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    fillValue(value, provider, input),
  ])
  const headers = {
    accept: 'application/json',
    ...Object.fromEntries(extra),
    authorization: new Secret(header),
  }
  return { method, url, headers }
}
