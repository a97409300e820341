import type { Context, Middleware } from 'oidc-provider'
import { errorPage } from '#sandbox/views/error_page'

/** Endpoints that programs call, with credentials of their own; all other POSTs come from our forms. */
const MACHINE_PATHS = new Set(['/token', '/token/revocation', '/token/introspection', '/me'])

/**
 * Keeps other sites out. A name that merely resolves to loopback is not served (DNS rebinding), a form may only be sent
 * from our own pages, and every answer carries a policy that admits nothing but our own files.
 */
export function pageGuard(issuer: string, formTargets: readonly string[]): Middleware {
  const { host, port } = new URL(issuer)
  const policy = contentPolicy(formTargets)
  return async (ctx, next) => {
    ctx.set('Content-Security-Policy', policy)
    ctx.set('X-Content-Type-Options', 'nosniff')
    // With `no-referrer` browsers send `Origin: null` with our own forms, and we could not tell them from foreign ones.
    ctx.set('Referrer-Policy', 'same-origin')
    if (ctx.host === `localhost:${port}` && ctx.method === 'GET') return ctx.redirect(issuer + ctx.req.url)
    if (ctx.host !== host && ctx.host !== `localhost:${port}`) {
      return refuse(ctx, 421, 'This server answers only under its own address.')
    }
    if (ctx.method === 'POST' && !MACHINE_PATHS.has(ctx.path) && isForeign(ctx, issuer)) {
      return refuse(ctx, 403, 'This form was sent from another site, so nothing was changed.')
    }
    return next()
  }
}

/** After the consent form the browser follows a redirect to the client, which browsers check against `form-action`. */
function contentPolicy(formTargets: readonly string[]): string {
  const origins = [...new Set(formTargets.map((uri) => new URL(uri).origin))]
  return [
    `default-src 'none'`,
    `style-src 'self'`,
    `script-src 'self'`,
    `img-src 'self'`,
    `connect-src 'self'`,
    `form-action 'self' ${origins.join(' ')}`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

function isForeign(ctx: Context, issuer: string): boolean {
  const origin = ctx.get('Origin')
  const site = ctx.get('Sec-Fetch-Site')
  return (origin !== '' && origin !== issuer) || (site !== '' && site !== 'same-origin' && site !== 'none')
}

function refuse(ctx: Context, status: number, sentence: string): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = errorPage('Not done', sentence)
}
