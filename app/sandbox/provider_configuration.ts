import { accountFor } from '#sandbox/accounts'
import { sandboxKeys } from '#sandbox/keys'
import { SqliteAdapter } from '#sandbox/sqlite_adapter'
import { errorPage } from '#sandbox/views/error_page'
import type { Client, Context, Interaction, ProviderError } from 'oidc-provider'
import type { Secret } from '#oauth/secret'
import type { SandboxAccount } from '#sandbox/accounts'
import type { SandboxStore } from '#sandbox/store'

interface Settings {
  store: SandboxStore
  clientId: string
  clientSecret: Secret
  redirectUris: readonly string[]
  /** Seconds. */
  accessTokenLifetime: number
  accounts: readonly SandboxAccount[]
}

const DAY = 24 * 3600

/** Every switch is set by hand: the library warns on the console about each of its defaults that gets used. */
export function providerConfiguration(settings: Settings): object {
  const { jwks, cookieKeys } = sandboxKeys(settings.store)
  return {
    adapter: (model: string) => new SqliteAdapter(settings.store, model),
    clients: clients(settings),
    jwks,
    cookies: cookies(cookieKeys),
    scopes: ['openid', 'offline_access', 'profile'],
    claims: { openid: ['sub'], profile: ['preferred_username', 'name'] },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx: Context, _client: Client, code: { scopes: Set<string> }) =>
      code.scopes.has('offline_access'),
    clockTolerance: 0,
    ttl: lifetimes(settings.accessTokenLifetime),
    features: features(),
    clientBasedCORS: () => false,
    interactions: {
      url: (_ctx: Context, interaction: Interaction) => `/interaction/${interaction.uid}`,
    },
    findAccount: (_ctx: Context | undefined, id: string) => findAccount(id, settings.accounts),
    renderError,
  }
}

/** Two registrations that differ only in how the client proves itself. */
function clients({ clientId, clientSecret, redirectUris }: Settings): object[] {
  const registration = (id: string, method: string) => ({
    client_id: id,
    client_secret: clientSecret.reveal(),
    client_name: 'Evergrant',
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: method,
    id_token_signed_response_alg: 'ES256',
  })
  return [
    registration(clientId, 'client_secret_basic'),
    registration(`${clientId}-post`, 'client_secret_post'),
  ]
}

function cookies(keys: string[]): object {
  return {
    names: {
      session: 'sandbox_session',
      interaction: 'sandbox_interaction',
      resume: 'sandbox_resume',
    },
    short: { httpOnly: true, sameSite: 'lax' },
    // A path that is never asked for: the browser does not send the session back, and each connection asks anew.
    long: { httpOnly: true, sameSite: 'lax', path: '/never' },
    keys,
  }
}

function lifetimes(accessTokenLifetime: number): object {
  return {
    AccessToken: accessTokenLifetime,
    AuthorizationCode: 60,
    IdToken: 3600,
    Interaction: 3600,
    Session: DAY,
    RefreshToken: 365 * DAY,
    Grant: 10 * 365 * DAY,
  }
}

function features(): object {
  const own = (_ctx: Context, client: Client, token: { clientId: string }) =>
    token.clientId === client.clientId
  const off = { enabled: false }
  return {
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    resourceIndicators: off,
    rpInitiatedLogout: off,
    userinfo: { enabled: true },
    introspection: { enabled: true, allowedPolicy: own },
    revocation: { enabled: true, allowedPolicy: own },
  }
}

async function findAccount(id: string, accounts: readonly SandboxAccount[]) {
  const { username, name } = accountFor(id, accounts)
  return { accountId: id, claims: async () => ({ sub: id, preferred_username: username, name }) }
}

function renderError(
  ctx: Context,
  out: { error: string; error_description?: string },
  error: ProviderError
): void {
  ctx.type = 'html'
  const sentence = out.error_description ?? error.error_detail ?? 'The request cannot be answered.'
  ctx.body = errorPage('That did not work', sentence, out.error)
}
