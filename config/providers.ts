import env from '#start/env'
import { Secret } from '#oauth/secret'
import type { ClientRegistration } from '#oauth/types'

/** The name that each gate has in the environment. Providers that share a gate share its client registration. */
const CLIENTS = {
  twitch: 'TWITCH',
  x: 'X',
  spotify: 'SPOTIFY',
  discord: 'DISCORD',
  google: 'GOOGLE',
  github: 'GITHUB',
  meta: 'META',
  instagram: 'INSTAGRAM',
  linkedin: 'LINKEDIN',
  reddit: 'REDDIT',
  slack: 'SLACK',
  notion: 'NOTION',
} as const

function registration(
  id: string | undefined,
  secret: { release(): string } | undefined
): ClientRegistration | null {
  const revealed = secret?.release()
  return id ? { client_id: id, client_secret: revealed ? new Secret(revealed) : null } : null
}

function clientsFromEnv(): Record<string, ClientRegistration> {
  const entries = Object.entries(CLIENTS).flatMap(([gate, name]) => {
    const client = registration(env.get(`${name}_CLIENT_ID`), env.get(`${name}_CLIENT_SECRET`))
    return client ? [[gate, client]] : []
  })
  return Object.fromEntries(entries)
}

export default {
  /** Our client registrations by gate. A provider without one is shown as not configured. */
  clients: clientsFromEnv(),
  /** What the built-in definitions are built with. */
  builtIn: {
    graphVersion: env.get('META_GRAPH_VERSION'),
    xConsumer: registration(env.get('X_CONSUMER_KEY'), env.get('X_CONSUMER_SECRET')),
  },
  /** JSON file that adds or overrides providers. */
  file: env.get('PROVIDERS_FILE') ?? null,
  allowPrivate: env.get('ALLOW_PRIVATE_PROVIDERS') ?? false,
  /** Reads the variable that a provider's `client_secret_env` names. */
  secretFromEnv: (name: string): string | undefined => process.env[name],
}
