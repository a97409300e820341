import env from '#start/env'
import { Secret } from '#oauth/secret'
import type { ClientRegistration } from '#oauth/types'

/** Our client registrations by provider id. A provider whose client id is not set is shown as not configured. */
const clients: Record<string, ClientRegistration> = {}
const twitchId = env.get('TWITCH_CLIENT_ID')
if (twitchId) {
  const secret = env.get('TWITCH_CLIENT_SECRET')?.release()
  clients.twitch = { client_id: twitchId, client_secret: secret ? new Secret(secret) : null }
}

export default {
  clients,
  /** JSON file that adds or overrides providers. */
  file: env.get('PROVIDERS_FILE') ?? null,
  allowPrivate: env.get('ALLOW_PRIVATE_PROVIDERS') ?? false,
  /** Reads the variable that a provider's `client_secret_env` names. */
  secretFromEnv: (name: string): string | undefined => process.env[name],
}
