import discord from '#oauth/providers/discord'
import github from '#oauth/providers/github'
import gmail from '#oauth/providers/gmail'
import google from '#oauth/providers/google'
import googleCalendar from '#oauth/providers/google_calendar'
import instagram from '#oauth/providers/instagram'
import linkedin from '#oauth/providers/linkedin'
import { GRAPH_VERSION, metaPageProvider, metaProvider } from '#oauth/providers/meta'
import notion from '#oauth/providers/notion'
import reddit from '#oauth/providers/reddit'
import slack from '#oauth/providers/slack'
import slackUser from '#oauth/providers/slack_user'
import spotify from '#oauth/providers/spotify'
import twitch from '#oauth/providers/twitch'
import { xProvider } from '#oauth/providers/x'
import youtube from '#oauth/providers/youtube'
import type { ClientRegistration, Provider } from '#oauth/types'

export interface BuiltInOptions {
  /** Version of Meta's Graph API. */
  graphVersion?: string
  /** The consumer of an OAuth 1.0a application at X. */
  xConsumer?: ClientRegistration | null
}

/** The providers that come with the application; those that derive from another stand beside it. */
export function builtInProviders(options: BuiltInOptions = {}): readonly Provider[] {
  const { graphVersion = GRAPH_VERSION, xConsumer = null } = options
  return [
    twitch,
    xProvider(xConsumer),
    spotify,
    discord,
    google,
    youtube,
    gmail,
    googleCalendar,
    github,
    metaProvider(graphVersion),
    metaPageProvider(graphVersion),
    instagram,
    linkedin,
    reddit,
    slack,
    slackUser,
    notion,
  ]
}

/** The same with what nobody configured. */
export const BUILT_IN_PROVIDERS = builtInProviders()
