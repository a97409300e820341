import type { HttpContext } from '@adonisjs/core/http'
import string from '@adonisjs/core/helpers/string'
import { appUrl } from '#config/app'
import type Connection from '#models/connection'
import { beginAuthorization, type PendingAuthorization } from '#oauth/authorization'
import { pkceFailure } from '#oauth/server_metadata'
import { RequestError } from '#oauth/template'
import type { Failure, Provider } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { scopesToAsk } from '#services/mcp/step_up'
import { callbackUrl } from '#services/mcp/types'
import { remember, type PendingConnect } from '#services/pending_connects'
import { safeReturnTo } from '#validators/return_to'

/** Where the session keeps the authorizations that were begun. */
export const PENDING = 'connect.pending'

export interface ConnectWish {
  provider: Provider
  /** The connection that is to be renewed. */
  renewed: Connection | null
  /** What the person filled in, for providers with variables. */
  config: Record<string, string>
}

/**
 * Sends the person of this request to a provider for consent and remembers the attempt in the session. Returns the
 * failure, with no answer sent, where nothing could be begun.
 */
export async function beginConnect(
  ctx: HttpContext,
  engine: Engine,
  wish: ConnectWish
): Promise<Failure | null> {
  const prepared = await prepareConnect(engine, wish)
  if (!prepared.ok) return prepared.failure
  rememberAttempt(ctx, {
    ...prepared.pending,
    organizationId: ctx.membership.organizationId,
    userId: ctx.membership.userId,
    reconnect: wish.renewed?.id ?? null,
    returnTo: safeReturnTo(ctx.request.input('return_to'), ''),
    startedAt: engine.clock.now(),
  })
  sendAway(ctx, prepared.url, wish.provider.name)
  return null
}

type Prepared = { ok: true; url: string; pending: PendingAuthorization } | { ok: false; failure: Failure }

/** Where to send a person for consent, and what must be remembered until they come back. Sends nobody anywhere. */
export async function prepareConnect(engine: Engine, wish: ConnectWish): Promise<Prepared> {
  const { provider, renewed, config } = wish
  const needs = ['authorization_endpoint', 'token_endpoint'] as const
  const resolved = await engine.discovery.resolve(provider, needs)
  if (!resolved.ok) return resolved
  // MCP asks it of metadata that was discovered; endpoints that somebody wrote down are that person's word.
  const isDiscovered = provider.server.authorization_endpoint === undefined
  const unsafe = isDiscovered && provider.resource !== null ? pkceFailure(resolved.server) : null
  if (unsafe) return { ok: false, failure: unsafe }
  try {
    const redirectUri = callbackUrl(appUrl, provider.id)
    // A server of one resource may have asked for more than its definition names; what was granted once stays granted.
    const extraScopes = renewed && provider.resource !== null ? scopesToAsk(renewed) : []
    const { server } = resolved
    return { ok: true, ...beginAuthorization({ provider, server, redirectUri, extraScopes, config }) }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return { ok: false, failure: error.failure }
  }
}

function rememberAttempt({ session }: HttpContext, pending: PendingConnect): void {
  const others: PendingConnect[] = session.get(PENDING, [])
  session.put(
    PENDING,
    remember(others, pending, (one) => one.startedAt, pending.startedAt)
  )
}

/**
 * Leaves for the provider. A browser compares every redirect after a form with the page's `form-action`, which admits
 * our own origin only, so it gets a page that moves on by itself; programs, which name no origin, get the plain redirect.
 */
export function sendAway({ i18n, request, response }: HttpContext, url: string, name: string): void {
  if (!request.header('origin')) return response.redirect().status(303).toPath(url)
  const words = i18n.t('connect.continue', { provider: name })
  const [address, title] = [string.escapeHTML(url), string.escapeHTML(words)]
  response.header('Cache-Control', 'no-store').header('Refresh', `0;url=${url}`).type('html')
  response.send(
    `<!doctype html><html lang="${i18n.locale}"><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title><p><a href="${address}">${title}</a></p></html>`
  )
}
