import { hkdfSync } from 'node:crypto'
import { dirname, join } from 'node:path'
import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { appUrl } from '#config/app'
import { Secret } from '#oauth/secret'
import { sqliteFile } from '#start/env_rules'

/** Its grants live beside the application's own database, so that one folder holds one installation. */
const databaseFile = sqliteFile(env.get('DATABASE_URL'), app.makePath('data/evergrant.sqlite3'), app.appRoot)

/** Both ends of the conversation derive the same secret, so that nobody has to copy one between them. */
function deriveClientSecret(): Secret {
  const key = hkdfSync('sha256', env.get('APP_KEY').release(), '', 'evergrant sandbox client secret', 32)
  return new Secret(Buffer.from(key).toString('base64url'))
}

/** The authorization server for first steps. It runs in development only; tests start their own. */
export default {
  enabled: env.get('NODE_ENV') === 'development',
  production: env.get('NODE_ENV') === 'production',
  port: env.get('SANDBOX_PORT', 4455),
  clientId: 'evergrant-sandbox',
  clientSecret: deriveClientSecret(),
  redirectUri: `${appUrl}/connect/sandbox/callback`,
  file: join(dirname(databaseFile), 'sandbox.sqlite3'),
  accessTokenLifetime: env.get('SANDBOX_TOKEN_LIFETIME') ?? 60_000,
  strikeRetry: env.get('SANDBOX_STRIKE_RETRY') ?? 30_000,
}
