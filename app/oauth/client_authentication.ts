import { Secret } from '#oauth/secret'
import type { AuthorizationServer, ClientAuthMethod, ClientRegistration, Provider } from '#oauth/types'

/** What a client adds to a request in order to prove itself: headers, body fields, or both. */
export interface ClientProof {
  headers: Record<string, Secret>
  fields: Record<string, string | Secret>
}

/**
 * Proves our client at a token, revocation or introspection endpoint (RFC 6749 §2.3.1). A client without a secret
 * names itself and no more; with `client_secret_basic` it sends an empty password, as RFC 6749 allows.
 */
export function authenticateClient(client: ClientRegistration, method: ClientAuthMethod): ClientProof {
  return PROOFS[method](client)
}

/**
 * The method to use: the definition's own, unless it names none and the discovered metadata lists only others that we
 * know (`token_endpoint_auth_methods_supported`, RFC 8414 §2).
 */
export function clientAuthMethod(provider: Provider, server: AuthorizationServer): ClientAuthMethod {
  const supported = server.token_endpoint_auth_methods_supported
  if (!provider.clientAuthFromMetadata || !supported) return provider.clientAuth
  const preferred: ClientAuthMethod[] = provider.client?.client_secret
    ? ['client_secret_basic', 'client_secret_post']
    : ['none']
  return preferred.find((method) => supported.includes(method)) ?? provider.clientAuth
}

const PROOFS: Record<ClientAuthMethod, (client: ClientRegistration) => ClientProof> = {
  client_secret_basic: ({ client_id, client_secret }) => {
    const pair = `${formEncode(client_id)}:${formEncode(client_secret?.reveal() ?? '')}`
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
