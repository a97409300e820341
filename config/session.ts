import app from '@adonisjs/core/services/app'
import { defineConfig, stores } from '@adonisjs/session'

/** Sessions live in the database, so that signing out or a changed role takes effect at once. */
export default defineConfig({
  enabled: true,
  cookieName: 'evergrant-session',
  clearWithBrowser: false,
  age: '12h',
  cookie: { path: '/', httpOnly: true, secure: app.inProduction, sameSite: 'lax' },
  store: app.inTest ? 'memory' : 'database',
  stores: { database: stores.database() },
})
