import { Secret } from '#oauth/secret'
import type { AuthorizationServer, ClientAuthMethod, ClientRegistration, Provider } from '#oauth/types'

/** What a client adds to a request in order to prove itself: headers, body fields, or both. */
export interface ClientProof {
  headers: Record<string, Secret>
  fields: Record<string, string | Secret>
}

/**
 * Proves our client at a token, revocation or introspection endpoint (RFC 6749 §2.3.1). A client without a secret
 * names itself and no more; with `client_secret_basic` it sends an empty password, as RFC 6749 allows. `raw` leaves out
 * the form encoding inside a Basic header, for servers that do not undo it.
 */
export function authenticateClient(
  client: ClientRegistration,
  method: ClientAuthMethod,
  encoding: Provider['basicEncoding'] = 'form'
): ClientProof {
  return PROOFS[method](client, encoding === 'raw' ? (text) => text : formEncode)
}

/**
 * The method to use. A definition that names one is taken at its word (its other one for a client without a secret).
 * Otherwise the discovered metadata decides, as far as it lists methods that we know; where it lists none at all, a
 * client with a secret sends it in a Basic header (`token_endpoint_auth_methods_supported`, RFC 8414 §2).
 */
export function clientAuthMethod(provider: Provider, server: AuthorizationServer = {}): ClientAuthMethod {
  const { clientAuth, publicClientAuth, client } = provider
  if (!provider.clientAuthFromMetadata) {
    return (client?.client_secret === null ? publicClientAuth : null) ?? clientAuth
  }
  const preferred: ClientAuthMethod[] = client?.client_secret
    ? ['client_secret_basic', 'client_secret_post']
    : ['none']
  const supported = server.token_endpoint_auth_methods_supported
  if (supported) return preferred.find((method) => supported.includes(method)) ?? clientAuth
  return clientAuth === 'none' ? preferred[0] : clientAuth
}

type Encode = (text: string) => string

const PROOFS: Record<ClientAuthMethod, (client: ClientRegistration, encode: Encode) => ClientProof> = {
  client_secret_basic: ({ client_id, client_secret }, encode) => {
    const pair = `${encode(client_id)}:${encode(client_secret?.reveal() ?? '')}`
    return {
      headers: { authorization: new Secret(`Basic ${Buffer.from(pair).toString('base64')}`) },
      fields: {},
    }
  },
  client_secret_post: ({ client_id, client_secret }): ClientProof => ({
    headers: {},
    fields: client_secret === null ? { client_id } : { client_id, client_secret },
  }),
  none: ({ client_id }) => ({ headers: {}, fields: { client_id } }),
}

/** One name or value in the encoding of `application/x-www-form-urlencoded` (RFC 6749 appendix B). */
export function formEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/%20/g, '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
