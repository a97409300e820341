import { defineProvider } from '#oauth/define_provider'
import { at, isObject, optionalText } from '#oauth/own'
import { requireClient, requireEndpoint } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'
import { GRAPH_FAILURES, graphWait } from '#oauth/providers/meta_rules'
import type { OutgoingRequest, RefreshInput } from '#oauth/types'

/** Instagram Login. The access token is its own refresh token. */
export default defineProvider({
  id: 'instagram',
  name: 'Instagram',
  docs: 'https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login',
  console: 'https://developers.facebook.com/apps/',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://www.instagram.com/oauth/authorize',
    token_endpoint: 'https://api.instagram.com/oauth/access_token',
  },
  refreshEndpoint: 'https://graph.instagram.com/refresh_access_token',
  clientAuth: 'client_secret_post',
  pkce: false,
  scopes: ['instagram_business_basic'],
  scopeSeparator: ',',
  refresh: {
    margin: '7d',
    assumedLifetime: '60d',
    minimumAge: '24h',
    rotation: 'may',
    reuse: 'unknown',
  },
  failures: GRAPH_FAILURES,
  knownErrors: KNOWN_ERRORS.graph,
  rateLimitWait: graphWait,
  // The answer to a code may come as the only element of a list; scopes are called permissions.
  readTokenSet: (body) => {
    const answer = unwrapped(body)
    return { ...answer, scope: answer.scope ?? answer.permissions }
  },
  // https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token: without client credentials
  refreshRequest: ({ provider, credential, config, metadata }) => ({
    method: 'GET',
    url: requireEndpoint(provider, provider.refreshEndpoint, { config, metadata }),
    headers: { accept: 'application/json' },
    query: { grant_type: 'ig_refresh_token', access_token: credential },
  }),
  longLivedRequest,
  profile: {
    url: 'https://graph.instagram.com/me?fields=user_id,username,name,profile_picture_url',
    account: (body) => {
      const me = unwrapped(body)
      return {
        id: optionalText(me.user_id) ?? optionalText(me.id) ?? '',
        username: optionalText(me.username),
        displayName: optionalText(me.name),
        avatarUrl: optionalText(me.profile_picture_url),
      }
    },
  },
  quirks: [
    'A token must be 24 hours old before it can be refreshed, and must not have expired; each refresh gives 60 days.',
    'The token may change or stay the same.',
    'The token of the consent lives for an hour and is traded for one of 60 days at once.',
    'The redirect ends in "#_", which is no part of the code.',
    'There is neither a validation nor a revocation endpoint; the profile call stands in.',
  ],
})

function unwrapped(body: Record<string, unknown>): Record<string, unknown> {
  const first = at(body, 'data.0')
  return isObject(first) ? first : body
}

// It lies beside the refresh endpoint, and moves with it.
function longLivedRequest({ provider, credential, config, metadata }: RefreshInput): OutgoingRequest {
  const client = requireClient(provider)
  const refresh = requireEndpoint(provider, provider.refreshEndpoint, { config, metadata })
  return {
    method: 'GET',
    url: new URL('access_token', refresh).href,
    headers: { accept: 'application/json' },
    query: {
      grant_type: 'ig_exchange_token',
      client_secret: client.client_secret ?? '',
      access_token: credential,
    },
  }
}
