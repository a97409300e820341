import { SLACK_FAILURES, said } from '#simulator/dialects/slack_failures'
import { BEARER, consent, refreshField } from '#simulator/dialects/parts'
import { HOUR, MINUTE } from '#simulator/times'
import type { Dialect, Door, Told } from '#simulator/types'

const team = { id: 'T1', name: 'Team' }
const pair = (told: Pick<Told, 'access' | 'refresh' | 'expiresIn'>) => ({
  access_token: told.access,
  expires_in: told.expiresIn,
  ...(told.refresh === null ? {} : { refresh_token: told.refresh }),
})

/** A person's chain where `user_scope` was asked for; else no more than who installed. */
const person = (told: Told) => {
  if (!told.asked.user_scope) return { id: 'U2USER' }
  const alone = !told.asked.scope
  if (alone) told.account.traits.kind = 'user'
  const id = alone ? told.account.id : 'U2USER'
  const chain = alone ? told : { ...told.another(id, { kind: 'user' }), expiresIn: told.expiresIn }
  return { id, scope: told.asked.user_scope, token_type: 'user', ...pair(chain) }
}

/** The first answer: the bot's chain, and the installing person's nested in it. */
const installed = (told: Told) => ({
  ok: true,
  ...(told.asked.scope
    ? { ...pair(told), token_type: 'bot', scope: told.scope, bot_user_id: told.account.id }
    : {}),
  app_id: 'A1',
  team,
  enterprise: null,
  authed_user: person(told),
})

const renewed = (told: Told) => ({
  ok: true,
  access_token: told.access,
  expires_in: told.expiresIn,
  ...refreshField(told),
  token_type: told.account.traits.kind ?? 'bot',
  scope: told.scope,
  bot_user_id: told.account.id,
  app_id: 'A1',
  team,
  enterprise: null,
})

const tokenDoor: Pick<Door, 'url' | 'does' | 'body' | 'client'> = {
  url: 'https://slack.com/api/oauth.v2.access',
  does: 'grant',
  body: 'form',
  client: ['params', 'basic'],
}

/** Slack: every error in an answer of status 200, two chains from one consent, a short grace for spent tokens. */
export default {
  id: 'slack',
  page: 'https://docs.slack.dev/authentication/using-token-rotation/',
  serves: ['slack', 'slack_user'],
  client: { id: '11111.22222', secret: 'simulated-slack-secret' },
  account: { id: 'U1BOT', name: 'evergrant' },
  tokens: {
    prefix: { access: 'xoxe.xoxb-1-', refresh: 'xoxe-1-' },
    accessLife: 12 * HOUR,
    refreshLife: null,
    presents: 'refresh',
    rotates: true,
    unrotated: 'absent',
    reuse: 'grace',
    grace: MINUTE,
    liveAccess: 2,
    scope: 'commands,incoming-webhook',
    unverified: ['grace'],
  },
  doors: [
    ...['scope', 'user_scope'].map((name) => ({
      ...consent('https://slack.com/oauth/v2/authorize'),
      when: { [name]: /^[\w:.,-]+$/ },
    })),
    {
      ...tokenDoor,
      presents: 'refresh',
      when: { grant_type: /^refresh_token$/ },
      credential: [{ param: 'refresh_token' }],
      answer: renewed,
    },
    {
      ...tokenDoor,
      presents: 'code',
      when: { code: /./ },
      credential: [{ param: 'code' }],
      answer: installed,
    },
    {
      url: 'https://slack.com/api/auth.test',
      does: 'account',
      place: 'validation',
      method: ['POST', 'GET'],
      credential: BEARER,
      answer: ({ account, expiresIn }) => ({
        ok: true,
        url: 'https://team.slack.com/',
        team: team.name,
        user: account.name,
        team_id: team.id,
        user_id: account.id,
        ...(account.traits.kind === 'user' ? {} : { bot_id: 'B1' }),
        expires_in: expiresIn,
      }),
    },
    {
      url: 'https://slack.com/api/auth.revoke',
      does: 'revoke',
      method: ['POST', 'GET'],
      credential: BEARER,
      answer: () => ({ ok: true, revoked: true }),
    },
    {
      url: 'https://slack.com/api/auth.revoke',
      does: 'revoke',
      method: 'POST',
      body: 'form',
      credential: [{ param: 'token' }, ...BEARER],
      answer: () => ({ ok: true, revoked: true }),
    },
  ],
  failures: SLACK_FAILURES,
  refusals: {
    code: { status: 200, body: said('invalid_code') },
    grant: { status: 200, body: said('invalid_grant_type') },
    param: { status: 200, body: said('invalid_arguments') },
    client: { status: 200, body: said('bad_client_secret') },
  },
} satisfies Dialect
