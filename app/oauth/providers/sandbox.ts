import { defineProvider } from '#oauth/define_provider'
import { Secret } from '#oauth/secret'
import { optionalText } from '#oauth/own'
import type { Provider } from '#oauth/types'

/**
 * The authorization server that the application itself serves on loopback for first steps: short lives, strict
 * rotation, so that each fault of a real provider can be met within a minute.
 */
export function sandboxProvider(at: {
  port: number
  clientId: string
  clientSecret: string
  /** Milliseconds after which a first strike is tried again; half a minute unless told. */
  strikeRetry?: number
}): Provider {
  const issuer = `http://127.0.0.1:${at.port}`
  return defineProvider({
    id: 'sandbox',
    name: 'Sandbox',
    docs: 'https://github.com/panva/node-oidc-provider',
    server: {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/token/revocation`,
      userinfo_endpoint: `${issuer}/me`,
    },
    client: { client_id: at.clientId, client_secret: new Secret(at.clientSecret) },
    clientAuth: 'client_secret_basic',
    scopes: ['openid', 'offline_access', 'profile'],
    authorizationParams: { prompt: 'consent' },
    refresh: {
      assumedLifetime: '60s',
      rotation: 'always',
      reuse: 'strict',
      strikes: 2,
      strikeRetry: at.strikeRetry ?? '30s',
      strikeSpacing: '5s',
    },
    profile: {
      url: `${issuer}/me`,
      account: (body) => ({
        id: optionalText(body.sub) ?? '',
        username: optionalText(body.preferred_username),
        displayName: optionalText(body.name),
      }),
    },
    allowPrivate: true,
  })
}
