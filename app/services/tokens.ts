import app from '@adonisjs/core/services/app'
import type { TokenManager } from '#services/token_manager/token_manager'

let tokens: TokenManager

await app.booted(async () => {
  tokens = await app.container.make('tokens')
})

/** The token manager of this process: one call gives a valid token. `docs/tokens.md` shows each call. */
export { tokens as default }
