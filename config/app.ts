import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig } from '@adonisjs/core/http'
import { proxyTrust } from '#services/trusted_proxies'

/** Where people reach the application; redirect URLs are built from it. */
export const appUrl = env.get('APP_URL').replace(/\/+$/, '')

export const http = defineConfig({
  generateRequestId: true,
  allowMethodSpoofing: false,
  /** Whose X-Forwarded-For and X-Forwarded-Proto are believed; limits and the audit trail follow. */
  trustProxy: proxyTrust(env.get('TRUSTED_PROXIES') ?? ['loopback']),
  /** An index of the routes; the first one that was registered still wins. */
  router: { matcher: 'tree' },
  useAsyncLocalStorage: false,
  redirect: { forwardQueryString: false },
  cookie: {
    domain: '',
    path: '/',
    maxAge: '2h',
    httpOnly: true,
    secure: app.inProduction,
    sameSite: 'lax',
  },
})
