import { authenticateClient, clientAuthMethod } from '#oauth/client_authentication'
import { Secret } from '#oauth/secret'
import { fillEndpoint, fillValue, RequestError, type Variables } from '#oauth/template'
import type { ClientAuthMethod, ClientRegistration, OutgoingRequest, Provider } from '#oauth/types'

/** What the requests have in common that definitions build in their slots. */
interface OwnRequest {
  provider: Provider
  /** An endpoint of the definition, so that an override of it moves the request too; `undefined` is a fault of ours. */
  url: string | null | undefined
  method?: OutgoingRequest['method']
  variables?: Variables
}

export interface ClientRequest extends OwnRequest {
  fields: Record<string, string | Secret>
  /** Where this endpoint wants another proof or another body than the token endpoint does. */
  auth?: ClientAuthMethod
  format?: 'form' | 'json'
}

export interface TokenHolderRequest extends OwnRequest {
  accessToken: Secret
  query?: OutgoingRequest['query']
}

/**
 * A request in which our client asks about a token or ends one: the fields in the body, our proof as the definition
 * wants it. Throws `RequestError` where no client is configured or a variable is missing.
 */
export function clientRequest(request: ClientRequest): OutgoingRequest {
  const { provider, fields, auth = clientAuthMethod(provider), format = provider.bodyFormat } = request
  const proof = authenticateClient(requireClient(provider), auth, provider.basicEncoding)
  return {
    ...frame(request),
    headers: { ...headersOf(request), ...proof.headers },
    body: { format, fields: { ...fields, ...proof.fields } },
  }
}

/** A request in the name of the account: its access token in the `Authorization` header (RFC 6750 §2.1). */
export function tokenHolderRequest(request: TokenHolderRequest): OutgoingRequest {
  const authorization = new Secret(`Bearer ${request.accessToken.reveal()}`)
  const { query } = request
  return { ...frame(request), headers: { ...headersOf(request), authorization }, ...(query ? { query } : {}) }
}

/** Our client registration. Throws `RequestError` where none is configured. */
export function requireClient(provider: Provider): ClientRegistration {
  if (provider.client) return provider.client
  throw new RequestError('no_client', `${provider.name} has no client registration`)
}

/** An endpoint of a definition, filled. Throws `RequestError` where the definition has none. */
export function requireEndpoint(
  provider: Provider,
  url: string | null | undefined,
  variables: Variables = {}
): string {
  if (url) return fillEndpoint(url, provider, variables)
  throw new RequestError('missing_endpoint', `${provider.name} lacks an endpoint for this request`)
}

function frame({ provider, url, method = 'POST', variables }: OwnRequest) {
  return { method, url: requireEndpoint(provider, url, variables) }
}

function headersOf({ provider, variables = {} }: OwnRequest): OutgoingRequest['headers'] {
  const own = Object.entries(provider.tokenHeaders)
  return {
    accept: 'application/json',
    ...Object.fromEntries(
      own.map(([name, value]) => [name.toLowerCase(), fillValue(value, provider, variables)])
    ),
  }
}
