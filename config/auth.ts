import { configProvider } from '@adonisjs/core'
import { defineConfig } from '@adonisjs/auth'
import { tokensGuard } from '@adonisjs/auth/access_tokens'
import { sessionGuard, sessionUserProvider } from '@adonisjs/auth/session'
import type { Authenticators, InferAuthEvents, InferAuthenticators } from '@adonisjs/auth/types'

const authConfig = defineConfig({
  default: 'web',
  guards: {
    web: sessionGuard({
      useRememberMeTokens: false,
      provider: sessionUserProvider({ model: () => import('#models/user') }),
    }),
    /** Programs, by an API key of their organization. */
    api: tokensGuard({
      provider: configProvider.create(async (app) => {
        const { ApiKeyProvider } = await import('#services/api_keys/api_key_provider')
        // Asked for at each check, so that a process which answers no API call opens nothing.
        return new ApiKeyProvider({
          verify: async (text) => (await app.container.make('apiKeys')).verify(text),
        })
      }),
    }),
  },
})

export default authConfig

declare module '@adonisjs/auth/types' {
  export interface Authenticators extends InferAuthenticators<typeof authConfig> {}
}
declare module '@adonisjs/core/types' {
  interface EventsList extends InferAuthEvents<Authenticators> {}
}
