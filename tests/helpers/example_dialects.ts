import { genericDialect, type GenericDialect } from '#simulator/dialects/generic'
import type { Dialect } from '#simulator/types'

/**
 * What the documentation of each example provider asks of a client, written down apart from the entries of
 * `docs/providers.example.json`: a wrong entry makes requests that the simulated server refuses.
 */
type Shape = Omit<GenericDialect, 'page' | 'client'>
type Answer = NonNullable<GenericDialect['code']>['answer']

const plain: Answer = (told) => ({
  access_token: told.access,
  token_type: 'bearer',
  expires_in: told.expiresIn,
  refresh_token: told.refresh ?? undefined,
  scope: told.scope,
})
const plus =
  (extra: Record<string, unknown>): Answer =>
  (told) => ({ ...(plain(told) as object), ...extra })

const S256 = { code_challenge_method: /^S256$/, code_challenge: /^[\w-]{43}$/ }
const KEPT = { rotates: false, unrotated: 'absent', reuse: 'static' } as const
const MINUTES = 60_000
const DAYS = 86_400_000

const SHAPES: Shape[] = [
  {
    id: 'shopify',
    authorize: {
      url: 'https://{shop}.myshopify.com/admin/oauth/authorize',
      params: { scope: /^read_orders$/ },
      pkce: 'unknown',
    },
    code: {
      url: 'https://{shop}.myshopify.com/admin/oauth/access_token',
      client: 'params',
      params: { expiring: /^1$/ },
      answer: (told) => ({
        ...(plain(told) as object),
        refresh_token_expires_in: 7_776_000,
      }),
    },
    refresh: {},
  },
  {
    id: 'zendesk',
    authorize: {
      url: 'https://{subdomain}.zendesk.com/oauth/authorizations/new',
      params: { scope: /^read$/ },
    },
    code: {
      url: 'https://{subdomain}.zendesk.com/oauth/tokens',
      body: 'json',
      client: 'params',
      params: { scope: /^read$/, redirect_uri: /./ },
      answer: plain,
    },
    refresh: {},
  },
  {
    id: 'salesforce',
    tokens: { ...KEPT },
    authorize: {
      url: 'https://login.salesforce.com/services/oauth2/authorize',
      params: { scope: /^api refresh_token$/, ...S256 },
    },
    code: {
      url: 'https://login.salesforce.com/services/oauth2/token',
      client: 'params',
      // It names no lifetime, and says where the organization lives.
      answer: ({ access, refresh }) => ({
        access_token: access,
        refresh_token: refresh ?? undefined,
        instance_url: 'https://acme.my.salesforce.com',
        token_type: 'Bearer',
      }),
    },
    refresh: { url: 'https://{instance}.my.salesforce.com/services/oauth2/token' },
  },
  {
    id: 'hubspot',
    tokens: { accessLife: 30 * MINUTES, rotates: false, unrotated: 'same', reuse: 'static' },
    authorize: {
      url: 'https://app.hubspot.com/oauth/authorize',
      params: { scope: /^crm\.objects\.contacts\.read$/ },
    },
    code: { url: 'https://api.hubapi.com/oauth/v3/token', client: 'params', answer: plain },
    refresh: {},
  },
  {
    id: 'atlassian',
    tokens: { reuse: 'grace', grace: 10 * MINUTES },
    authorize: {
      url: 'https://auth.atlassian.com/authorize',
      params: { audience: /^api\.atlassian\.com$/, prompt: /^consent$/, scope: /offline_access/ },
    },
    code: { url: 'https://auth.atlassian.com/oauth/token', body: 'json', client: 'params', answer: plain },
    refresh: {},
  },
  {
    id: 'zoom',
    authorize: { url: 'https://zoom.us/oauth/authorize', params: S256 },
    code: { url: 'https://zoom.us/oauth/token', client: 'basic', answer: plain },
    refresh: {},
  },
  {
    id: 'dropbox',
    tokens: { ...KEPT, accessLife: 240 * MINUTES },
    authorize: {
      url: 'https://www.dropbox.com/oauth2/authorize',
      offline: { token_access_type: /^offline$/ },
    },
    code: { url: 'https://api.dropboxapi.com/oauth2/token', client: 'params', answer: plain },
    refresh: {},
  },
  {
    id: 'box',
    authorize: { url: 'https://account.box.com/api/oauth2/authorize' },
    code: { url: 'https://api.box.com/oauth2/token', client: 'params', answer: plain },
    refresh: {},
  },
  {
    id: 'airtable',
    authorize: {
      url: 'https://airtable.com/oauth2/v1/authorize',
      params: { scope: /^data\.records:read$/, ...S256 },
      pkce: 'demanded',
    },
    code: {
      url: 'https://airtable.com/oauth2/v1/token',
      client: 'basic',
      headers: { 'content-type': /^application\/x-www-form-urlencoded/ },
      answer: plus({ refresh_expires_in: 5_184_000 }),
    },
    refresh: {},
  },
  {
    id: 'asana',
    tokens: { ...KEPT },
    authorize: { url: 'https://app.asana.com/-/oauth_authorize', params: { scope: /^tasks:read$/ } },
    code: { url: 'https://app.asana.com/-/oauth_token', client: 'params', answer: plain },
    refresh: {},
  },
  {
    id: 'linear',
    tokens: { accessLife: DAYS },
    authorize: { url: 'https://linear.app/oauth/authorize', params: { scope: /^read,issues:create$/ } },
    code: { url: 'https://api.linear.app/oauth/token', client: 'params', answer: plain },
    refresh: {},
  },
  {
    id: 'figma',
    tokens: { ...KEPT, accessLife: 90 * DAYS },
    authorize: { url: 'https://www.figma.com/oauth', params: { scope: /^file_content:read$/ } },
    code: { url: 'https://api.figma.com/v1/oauth/token', client: 'basic', answer: plain },
    refresh: { url: 'https://api.figma.com/v1/oauth/refresh' },
  },
  {
    id: 'tiktok',
    tokens: { accessLife: DAYS },
    authorize: {
      url: 'https://www.tiktok.com/v2/auth/authorize/',
      clientNames: { id: 'client_key', secret: 'client_secret' },
      params: { client_key: /./, scope: /^user\.info\.basic,video\.list$/ },
      pkce: 'unknown',
    },
    code: {
      url: 'https://open.tiktokapis.com/v2/oauth/token/',
      client: 'params',
      clientNames: { id: 'client_key', secret: 'client_secret' },
      refuses: ['client_id'],
      headers: { 'cache-control': /no-cache/ },
      answer: plus({ open_id: 'open-1001', refresh_expires_in: 31_536_000 }),
    },
    refresh: {},
  },
  {
    id: 'entra',
    tokens: { reuse: 'static' },
    authorize: {
      url: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize',
      params: { scope: /offline_access/, response_mode: /^query$/, ...S256 },
    },
    code: {
      url: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
      client: 'params',
      answer: plain,
    },
    refresh: { params: { scope: /^offline_access User\.Read$/ } },
  },
  {
    id: 'auth0_api',
    tokens: { presents: 'nothing', accessLife: DAYS },
    clientCredentials: {
      url: 'https://{tenant}.us.auth0.com/oauth/token',
      body: 'json',
      client: 'params',
      params: { audience: /^https:\/\/api\.acme\.example$/ },
      answer: ({ access, expiresIn }) => ({
        access_token: access,
        token_type: 'Bearer',
        expires_in: expiresIn,
      }),
    },
  },
  {
    id: 'okta',
    tokens: { reuse: 'grace', grace: 30_000 },
    authorize: {
      url: 'https://{org}.okta.com/oauth2/default/v1/authorize',
      params: { scope: /^offline_access profile$/, ...S256 },
    },
    code: { url: 'https://{org}.okta.com/oauth2/default/v1/token', client: 'basic', answer: plain },
    refresh: { params: { scope: /offline_access/ } },
  },
  {
    id: 'xero',
    tokens: { accessLife: 30 * MINUTES, reuse: 'grace', grace: 30 * MINUTES },
    authorize: {
      url: 'https://login.xero.com/identity/connect/authorize',
      params: { scope: /^offline_access accounting\.contacts\.read$/ },
    },
    code: { url: 'https://identity.xero.com/connect/token', client: 'basic', answer: plain },
    refresh: {},
  },
  {
    id: 'quickbooks',
    authorize: {
      url: 'https://appcenter.intuit.com/connect/oauth2',
      params: { scope: /^com\.intuit\.quickbooks\.accounting$/ },
      adds: { realmId: '9130347596842384' },
    },
    code: {
      url: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
      client: 'basic',
      headers: { accept: /application\/json/ },
      answer: plus({ x_refresh_token_expires_in: 8_726_400 }),
    },
    refresh: {},
  },
  {
    id: 'mailchimp',
    tokens: { presents: 'nothing', accessLife: null },
    authorize: { url: 'https://login.mailchimp.com/oauth2/authorize' },
    code: {
      url: 'https://login.mailchimp.com/oauth2/token',
      client: 'params',
      // Its tokens do not expire; that is what zero means here.
      answer: ({ access }) => ({ access_token: access, expires_in: 0, scope: null }),
    },
    refresh: null,
  },
  {
    id: 'pipedrive',
    tokens: { rotates: false, unrotated: 'same', reuse: 'static' },
    authorize: { url: 'https://oauth.pipedrive.com/oauth/authorize' },
    code: {
      url: 'https://oauth.pipedrive.com/oauth/token',
      client: 'basic',
      answer: plus({ api_domain: 'https://acme.pipedrive.com' }),
    },
    refresh: {},
  },
  {
    id: 'zoho',
    tokens: { ...KEPT },
    authorize: {
      url: 'https://accounts.zoho.{region}/oauth/v2/auth',
      params: { scope: /^ZohoCRM\.modules\.READ$/ },
      offline: { access_type: /^offline$/, prompt: /^consent$/ },
    },
    code: {
      url: 'https://accounts.zoho.{region}/oauth/v2/token',
      client: 'params',
      answer: plus({ api_domain: 'https://www.zohoapis.eu' }),
    },
    refresh: {},
  },
]

/** Servers that speak as the documentation of each example provider says. `pages` names that documentation. */
export function exampleDialects(pages: Readonly<Record<string, string>>): Dialect[] {
  return SHAPES.map((shape) => {
    const client = { id: 'your-client-id', secret: `secret-of-${shape.id}` }
    return genericDialect({ ...shape, page: pages[shape.id] ?? '', client })
  })
}
