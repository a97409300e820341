import type { JsonWebKey } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import type { Context, Interaction, Middleware } from 'oidc-provider'
import { bufferForm, readForm } from '#sandbox/form'
import { sandboxKeys } from '#sandbox/keys'
import { SqliteAdapter } from '#sandbox/sqlite_adapter'
import { SandboxStore } from '#sandbox/store'

export interface AuthorizationServerOptions {
  /** The one resource that tokens are made for. */
  resource: () => string
  registration?: boolean
  /** Fetches client documents in the server's name; given, the server takes URLs as client ids. */
  fetchDocument?: (url: string) => Promise<Response>
  /** Changes what the server publishes about itself. */
  metadata?: (document: Record<string, unknown>) => void
}

/** A form that reached the token endpoint. */
export type TokenForm = Record<string, string>

/**
 * An authorization server as MCP wants it: PKCE with S256, dynamic registration, resource indicators that count, `iss`
 * in the redirect, refresh tokens that rotate and are bound to their client. It is `oidc-provider` itself.
 */
export async function startAuthorizationServer(options: AuthorizationServerOptions) {
  const store = new SandboxStore(':memory:')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, configuration(store, options))
  const tokenForms: TokenForm[] = []
  const registrations: string[] = []
  provider.use(changeMetadata(options))
  provider.use(consent(provider, options.resource))
  provider.use(tokenRequests(tokenForms))
  provider.on('registration_create.success', (_ctx: unknown, client: { clientId: string }) => {
    registrations.push(client.clientId)
  })
  server.on('request', provider.callback())
  return {
    issuer,
    tokenForms,
    registrations,
    publicKey: () => sandboxKeys(store).jwks.keys[0] as JsonWebKey,
    clientOf: (id: string) => store.find('Client', id),
    /** Forgets a client, as servers do that clean up. */
    deleteClient: (id: string) => store.remove('Client', id),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      store.close()
    },
  }
}

export type AuthorizationServerLab = Awaited<ReturnType<typeof startAuthorizationServer>>

function configuration(store: SandboxStore, options: AuthorizationServerOptions): object {
  const { jwks, cookieKeys } = sandboxKeys(store)
  return {
    adapter: (model: string) => new SqliteAdapter(store, model),
    jwks,
    clients: [],
    cookies: { keys: cookieKeys, short: { httpOnly: true }, long: { httpOnly: true } },
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx: Context, _client: unknown, code: { scopes: Set<string> }) =>
      code.scopes.has('offline_access'),
    ttl: {
      AccessToken: 3_600,
      AuthorizationCode: 60,
      Interaction: 3_600,
      Session: 3_600,
      RefreshToken: 86_400,
      Grant: 86_400,
    },
    features: features(options),
    clientBasedCORS: () => false,
    fetch: (url: string) => options.fetchDocument?.(url),
    interactions: { url: (_ctx: Context, { uid }: Interaction) => `/interaction/${uid}` },
    findAccount: async (_ctx: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    renderError: (ctx: Context, out: { error: string; error_description?: string }) => {
      ctx.body = `${out.error}: ${out.error_description ?? ''}`
    },
  }
}

function features({ resource, registration = true, fetchDocument }: AuthorizationServerOptions): object {
  const off = { enabled: false }
  const server = (audience: string) => {
    if (audience !== resource()) throw Object.assign(new Error('unknown resource'), { name: 'InvalidTarget' })
    return {
      audience,
      scope: 'files:read files:write',
      accessTokenFormat: 'jwt',
      accessTokenTTL: 3_600,
      jwt: { sign: { alg: 'ES256' } },
    }
  }
  return {
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    rpInitiatedLogout: off,
    userinfo: { enabled: true },
    registration: { enabled: registration, initialAccessToken: false, issueRegistrationAccessToken: true },
    clientIdMetadataDocument: fetchDocument ? { enabled: true, ack: 'draft-02' } : off,
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: async () => false,
      getResourceServerInfo: async (_ctx: Context, audience: string) => server(audience),
    },
  }
}

/** Asks nothing and takes the person's word: a POST names the account and whether it allows. */
function consent(provider: Provider, resource: () => string): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/favicon.ico') return void (ctx.status = 204)
    if (!ctx.path.startsWith('/interaction/')) return next()
    if (ctx.method !== 'POST') {
      ctx.type = 'html'
      ctx.body = '<form method="post"><button name="decision" value="allow">Allow</button></form>'
      return
    }
    const form = await readForm(ctx)
    const interaction = await provider.interactionDetails(ctx.req, ctx.res)
    const { client_id: clientId = '', scope = '' } = interaction.params
    const accountId = form.get('account') ?? 'nova'
    const grant = new provider.Grant({ accountId, clientId }) as InstanceType<Provider['Grant']> & {
      addResourceScope(resource: string, scope: string): void
    }
    grant.addOIDCScope('offline_access')
    grant.addResourceScope(resource(), scope.replace(/\boffline_access\b/, '').trim())
    ctx.respond = false
    const allowed = { login: { accountId }, consent: { grantId: await grant.save() } }
    const result = form.get('decision') === 'deny' ? { error: 'access_denied' } : allowed
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false })
  }
}

/** Writes down what reaches the token endpoint, and refuses what names no resource (RFC 8707 §2). */
function tokenRequests(seen: TokenForm[]): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/token') return next()
    const form = Object.fromEntries(await bufferForm(ctx))
    seen.push(form)
    if (form.resource !== undefined) return next()
    ctx.status = 400
    ctx.body = { error: 'invalid_target', error_description: 'name the resource' }
  }
}

function changeMetadata({ metadata }: AuthorizationServerOptions): Middleware {
  return async (ctx, next) => {
    // RFC 8414's own place: oidc-provider serves OpenID's only.
    const isOwn = ctx.path.startsWith('/.well-known/oauth-authorization-server')
    if (isOwn) {
      ctx.status = 404
      return
    }
    await next()
    if (ctx.path.startsWith('/.well-known/') && ctx.status === 200) {
      metadata?.(ctx.body as Record<string, unknown>)
    }
  }
}
