import { defineProvider } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'
import type { AccountProfile } from '#oauth/types'

function user(value: unknown): AccountProfile {
  const [id, avatar] = [optionalText(at(value, 'id')), optionalText(at(value, 'avatar'))]
  return {
    id: id ?? '',
    username: optionalText(at(value, 'username')),
    displayName: optionalText(at(value, 'global_name')),
    avatarUrl: id && avatar ? `https://cdn.discordapp.com/avatars/${id}/${avatar}.png` : undefined,
  }
}

export default defineProvider({
  id: 'discord',
  name: 'Discord',
  docs: 'https://discord.com/developers/docs/topics/oauth2',
  console: 'https://discord.com/developers/applications',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://discord.com/oauth2/authorize',
    token_endpoint: 'https://discord.com/api/oauth2/token',
    revocation_endpoint: 'https://discord.com/api/oauth2/token/revoke',
  },
  clientAuth: 'client_secret_basic',
  scopes: ['identify'],
  refresh: { assumedLifetime: '7d', rotation: 'always', reuse: 'strict' },
  rateLimitResets: [{ header: 'x-ratelimit-reset-after', unit: 'seconds_left' }],
  // The token endpoint sends no rate headers; the body counts in seconds, with a fraction.
  rateLimitWait: ({ body }) => Number(body.retry_after) * 1_000,
  failures: [
    {
      at: 'token',
      status: [400, 401],
      error: 'invalid_request',
      message: /invalid "refresh_token" in request/i,
      class: 'rejected',
    },
    { at: 'account', error: '50025', class: 'rejected' },
    // The gatekeeper in front of Discord bans an address in HTML, with a status of its choice.
    {
      status: [403, 429],
      message: /cloudflare|\b1015\b|rate.?limited|access denied|banned/i,
      class: 'rate_limited',
    },
  ],
  knownErrors: KNOWN_ERRORS.discord,
  validation: {
    url: 'https://discord.com/api/v10/oauth2/@me',
    // Without the scope `identify` the answer proves the token and names nobody.
    account: (body) =>
      body.user ? { ...user(body.user), clientId: optionalText(at(body, 'application.id')) } : null,
  },
  profile: { url: 'https://discord.com/api/v10/users/@me', account: user },
  quirks: [
    'Each refresh token works once.',
    'A revoked, an expired and a banned account get the same answer; suspension cannot be told apart.',
    'Revoking one token ends every token of that authorization.',
    '10 000 refused calls in ten minutes ban the address for up to a day.',
    'A refresh is reported to succeed at times with an access token that never works.',
    'How long a refresh token lives is not documented.',
  ],
})
