import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { writeProblem } from '#exceptions/problem'
import { apiKeyOf } from '#services/api_keys/api_key_provider'
import type { ApiKey } from '#services/api_keys/api_key_service'
import { countRequest } from '#services/api_keys/request_limit'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The key by which this request of the API was made, and with it the organization. */
    apiKey: ApiKey
  }
}

const REALM = 'Bearer realm="Evergrant"'
const POLICY = "default-src 'none';frame-ancestors 'none'"

/**
 * Lets only callers through that bring a valid key (RFC 6750 §2.1), so many times a minute each. An answer of the API is
 * kept by no cache.
 */
export default class ApiKeyMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { auth, request, response } = ctx
    response.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff')
    response.header('Content-Security-Policy', POLICY)
    const guard = auth.use('api')
    if (!(await guard.check())) return refuse(ctx, request.header('authorization') !== undefined)
    ctx.apiKey = apiKeyOf(guard.user?.currentAccessToken)
    const { limit, remaining, reset, exceeded } = await countRequest(ctx.apiKey.id)
    response.header('X-RateLimit-Limit', String(limit))
    response.header('X-RateLimit-Remaining', String(remaining))
    response.header('X-RateLimit-Reset', String(reset))
    if (!exceeded) return next()
    response.header('Retry-After', String(reset))
    const detail = `This key may ask ${limit} times a minute. Wait ${reset} seconds.`
    return writeProblem(ctx, { status: 429, code: 'too_many_requests', detail })
  }
}

/** RFC 6750 §3: a request without credentials is told how to bring them, and no error. */
function refuse(ctx: HttpContext, brought: boolean): void {
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
