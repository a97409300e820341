import { defineProvider } from '#oauth/define_provider'
import { isObject } from '#oauth/own'
import slack from '#oauth/providers/slack'

/** The chain of tokens of a person at Slack, beside the bot's or without one. */
export default defineProvider({
  ...slack,
  id: 'slack_user',
  name: 'Slack (user)',
  icon: 'brand-slack',
  paramNames: { scope: 'user_scope' },
  alsoGranted: null,
  // The answer to a code nests the person's tokens; the answer to a refresh is flat.
  readTokenSet: (body) => {
    const { authed_user: user } = body
    return { ...(isObject(user) && user.access_token ? user : body), token_type: 'Bearer' }
  },
})
