import { defineProvider } from '#oauth/define_provider'
import { at, isObject, optionalText } from '#oauth/own'
import { requireClient, requireEndpoint, tokenHolderRequest } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'
import { debugVerdict, GRAPH_FAILURES, graphWait } from '#oauth/providers/meta_rules'
import { Secret } from '#oauth/secret'
import type {
  AccountProfile,
  AccountRequestInput,
  OutgoingRequest,
  Provider,
  RefreshInput,
} from '#oauth/types'

/** The newest version of the Graph API on the day the definition was checked; it came out on 29 July 2026. */
export const GRAPH_VERSION = 'v26.0'

/** Facebook Login, at a version of the Graph API such as `v26.0`. The pages of its people are another definition. */
export function metaProvider(version: string): Provider {
  return defineProvider({
    ...graphDefinition(version),
    id: 'meta',
    name: 'Facebook',
    docs: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived',
    server: {
      authorization_endpoint: `https://www.facebook.com/${version}/dialog/oauth`,
      token_endpoint: `https://graph.facebook.com/${version}/oauth/access_token`,
      revocation_endpoint: `https://graph.facebook.com/${version}/me/permissions`,
    },
    scopes: ['public_profile', 'pages_show_list', 'pages_read_engagement'],
    refresh: {
      margin: '7d',
      assumedLifetime: '60d',
      grantLifetime: '60d',
      // What an exchange extends is the grant itself; one that extends nothing is told as such.
      grantLifetimeFrom: 'refresh',
      rotation: 'may',
      // An exchange leaves the token that it presents as it was.
      reuse: 'static',
    },
    schedule: ['0 2 * * *'],
    refreshRequest: exchangeRequest,
    longLivedRequest: exchangeRequest,
    children: { provider: 'meta_page', request: pagesRequest, read: readPages },
    revokes: 'access_token',
    revocationRequest: ({ provider, token, config, metadata }) =>
      tokenHolderRequest({
        provider,
        url: provider.server.revocation_endpoint,
        method: 'DELETE',
        variables: { config, metadata },
        accessToken: token,
      }),
    quirks: [
      'No server can renew the login: an expired token cannot be exchanged, and exchanging a long-lived one may not extend it.',
      'Each person must log in again within 60 days.',
      'Data access ends about 90 days after the last activity of a person, even while the token is valid.',
      'Limits come without Retry-After; the header that names the minutes is often missing.',
    ],
  })
}

/** A page of a Facebook login. Its token comes from the person's and is fetched again after each exchange of that. */
export function metaPageProvider(version: string): Provider {
  return defineProvider({
    ...graphDefinition(version),
    id: 'meta_page',
    name: 'Facebook Page',
    icon: 'brand-facebook',
    docs: 'https://developers.facebook.com/docs/pages-api/overview',
    server: {},
    refresh: { supported: false, assumedLifetime: null, rotation: 'may', reuse: 'static' },
    quirks: [
      'Its token never expires by itself; it ends with a new password or when the person removes the application.',
    ],
  })
}

function graphDefinition(version: string) {
  return {
    gate: 'meta',
    console: 'https://developers.facebook.com/apps/',
    checkedOn: '2026-11-21',
    clientAuth: 'client_secret_post' as const,
    pkce: false,
    scopeSeparator: ',',
    failures: GRAPH_FAILURES,
    knownErrors: KNOWN_ERRORS.graph,
    rateLimitWait: graphWait,
    validation: {
      url: `https://graph.facebook.com/${version}/debug_token`,
      request: debugRequest,
      verdict: debugVerdict,
      account: debuggedAccount,
    },
    profile: { url: `https://graph.facebook.com/${version}/me?fields=id,name,picture`, account: person },
  }
}

function exchangeRequest({ provider, credential, config, metadata }: RefreshInput): OutgoingRequest {
  const client = requireClient(provider)
  const url = provider.refreshEndpoint ?? provider.server.token_endpoint
  return {
    method: 'GET',
    url: requireEndpoint(provider, url, { config, metadata }),
    headers: { accept: 'application/json' },
    query: {
      grant_type: 'fb_exchange_token',
      client_id: client.client_id,
      client_secret: client.client_secret ?? '',
      fb_exchange_token: credential,
    },
  }
}

// https://developers.facebook.com/docs/graph-api/reference/debug_token asks with the token of the application itself.
function debugRequest({ provider, accessToken, ...variables }: AccountRequestInput): OutgoingRequest {
  const client = requireClient(provider)
  return {
    method: 'GET',
    url: requireEndpoint(provider, provider.validation?.url, variables),
    headers: { accept: 'application/json' },
    query: {
      input_token: accessToken,
      access_token: new Secret(`${client.client_id}|${client.client_secret?.reveal() ?? ''}`),
    },
  }
}

function debuggedAccount(body: Record<string, unknown>): AccountProfile | null {
  // The token of a page names the person too, who is another account.
  const id = optionalText(at(body, at(body, 'data.type') === 'PAGE' ? 'data.profile_id' : 'data.user_id'))
  return id === undefined ? null : { id, clientId: optionalText(at(body, 'data.app_id')) }
}

type PagesInput = AccountRequestInput & { after: string | null }

function pagesRequest({ provider, accessToken, after, ...variables }: PagesInput): OutgoingRequest {
  // Beside the profile call, so that whoever moves that to another server moves this, too.
  const me = requireEndpoint(provider, provider.profile?.url, variables)
  const query = { fields: 'id,name,picture,access_token', limit: '100', ...(after === null ? {} : { after }) }
  return tokenHolderRequest({
    provider,
    url: new URL('me/accounts', me).href,
    method: 'GET',
    accessToken,
    query,
  })
}

function readPages(body: Record<string, unknown>) {
  const accounts = (body.data as unknown[]).filter(isObject).map((page) => {
    const token = optionalText(page.access_token)
    return { ...person(page), accessToken: token === undefined ? null : new Secret(token) }
  })
  const after = optionalText(at(body, 'paging.cursors.after')) ?? null
  return { accounts, next: at(body, 'paging.next') === undefined ? null : after }
}

function person(body: Record<string, unknown>): AccountProfile {
  return {
    id: optionalText(body.id) ?? '',
    displayName: optionalText(body.name),
    avatarUrl: optionalText(at(body, 'picture.data.url')),
  }
}
