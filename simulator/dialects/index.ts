import discord from '#simulator/dialects/discord'
import github from '#simulator/dialects/github'
import google from '#simulator/dialects/google'
import instagram from '#simulator/dialects/instagram'
import linkedin from '#simulator/dialects/linkedin'
import meta from '#simulator/dialects/meta'
import notion from '#simulator/dialects/notion'
import reddit from '#simulator/dialects/reddit'
import slack from '#simulator/dialects/slack'
import spotify from '#simulator/dialects/spotify'
import { mcp, standard } from '#simulator/dialects/standard'
import twitch from '#simulator/dialects/twitch'
import x from '#simulator/dialects/x'
import type { Dialect } from '#simulator/types'

/** Every dialect that the simulator speaks by itself. */
export const DIALECTS: readonly Dialect[] = [
  twitch,
  x,
  spotify,
  discord,
  google,
  github,
  meta,
  instagram,
  linkedin,
  reddit,
  slack,
  notion,
  standard,
  mcp,
]
