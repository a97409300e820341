import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { writeProblem } from '#exceptions/problem'
import { Secret } from '#oauth/secret'
import type { ApiKey, ApiKeyService } from '#services/api_keys/api_key_service'
import { refusalLimit } from '#services/api_keys/refusal_limit'
import { countRequest } from '#services/api_keys/request_limit'
import { onceATurn } from '#services/once_a_turn'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The key by which this request of the API was made, and with it the organization. */
    apiKey: ApiKey
    /** A mark of the database as this request found it (see `ApiKeyService.mark`). API only. */
    mark: number | null
  }
}

const BEARER = /^bearer ([^ ]+)/i
const REALM = 'Bearer realm="Evergrant"'
const POLICY = "default-src 'none';frame-ancestors 'none'"

/** Opened by the first call, so that a process which answers none opens nothing. */
let opened: { keys: ApiKeyService; mark: () => number | null } | undefined

/**
 * Lets only callers through that bring a valid key (RFC 6750 §2.1), so many times a minute each. An answer of the API is
 * kept by no cache.
 */
export async function apiKey(ctx: HttpContext, next: NextFn): Promise<unknown> {
  const { request, response } = ctx
  response.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff')
  response.header('Content-Security-Policy', POLICY)
  const brought = request.header('authorization')
  const text = BEARER.exec(brought ?? '')?.[1]
  const { keys, mark } = (opened ??= await open())
  ctx.mark = mark()
  const flooded = () => refusalLimit(request.ip()).isReached()
  const verified = text === undefined ? null : await keys.verify(new Secret(text), ctx.mark, flooded)
  if (verified === null) return refuse(ctx, brought !== undefined)
  ctx.apiKey = verified
  const { limit, remaining, reset, exceeded } = await countRequest(verified.id)
  response.header('X-RateLimit-Limit', String(limit))
  response.header('X-RateLimit-Remaining', String(remaining))
  response.header('X-RateLimit-Reset', String(reset))
  if (!exceeded) return next()
  response.header('Retry-After', String(reset))
  const detail = `This key may ask ${limit} times a minute. Wait ${reset} seconds.`
  return writeProblem(ctx, { status: 429, code: 'too_many_requests', detail })
}

async function open() {
  const keys = await app.container.make('apiKeys')
  return { keys, mark: onceATurn(() => keys.mark()) }
}

/**
 * RFC 6750 §3: a request without credentials is told how to bring them, and no error. Who brings many that are refused is
 * told to wait.
 */
async function refuse(ctx: HttpContext, brought: boolean): Promise<void> {
  const wait = brought ? await refusalLimit(ctx.request.ip()).count() : 0
  if (wait > 0) {
    ctx.response.header('Retry-After', String(wait))
    const detail = `Too many keys from this address were refused. Wait ${wait} seconds.`
    return writeProblem(ctx, { status: 429, code: 'too_many_requests', detail })
  }
  const challenge = brought ? `${REALM}, error="invalid_token"` : REALM
  ctx.response.header('WWW-Authenticate', challenge)
  writeProblem(ctx, brought ? INVALID : MISSING)
}

const MISSING = {
  status: 401,
  code: 'api_key_missing',
  detail: 'Send an API key: "Authorization: Bearer evg_…".',
}
const INVALID = {
  status: 401,
  code: 'api_key_invalid',
  detail: 'This API key is unknown, has expired, or was revoked.',
}
