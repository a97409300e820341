import { createHash } from 'node:crypto'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { writeProblem } from '#exceptions/problem'
import type { IdempotentRequests, KeptAnswer, KeyedRequest } from '#services/api_keys/idempotent_requests'

const KEY = /^[\x21-\x7e]{1,255}$/

/**
 * Makes a call that is repeated with the same `Idempotency-Key` answer the same without doing anything again, for 24 hours
 * and for each API key by itself. Answers that tell of trouble on our side are not kept: trying again is right there.
 */
export default class ApiIdempotencyMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const key = ctx.request.header('idempotency-key')
    if (key === undefined) return next()
    if (!KEY.test(key)) return writeProblem(ctx, UNFIT)
    const requests: IdempotentRequests = await ctx.containerResolver.make('idempotentRequests')
    const keyed = { apiKeyId: ctx.apiKey.id, key, fingerprint: fingerprint(ctx) }
    const claimed = await requests.begin(keyed)
    if (claimed.type === 'in_flight') {
      ctx.response.header('Retry-After', '1')
      return writeProblem(ctx, IN_FLIGHT)
    }
    if (claimed.type === 'other_request') return writeProblem(ctx, OTHER)
    if (claimed.type === 'answered') return repeat(ctx, claimed.answer)
    return answerOnce(ctx, next, { requests, keyed })
  }
}

async function answerOnce(
  { response }: HttpContext,
  next: NextFn,
  { requests, keyed }: { requests: IdempotentRequests; keyed: KeyedRequest }
): Promise<void> {
  try {
    await next()
  } catch (error) {
    await requests.forget(keyed)
    throw error
  }
  const status = response.getStatus()
  if (status >= 400) return requests.forget(keyed)
  const location = response.getHeader('location')
  const body: unknown = response.getBody()
  await requests.finish(keyed, {
    status,
    location: location === undefined ? null : String(location),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

function repeat({ response }: HttpContext, { status, location, body }: KeptAnswer): void {
  if (location !== null) response.header('Location', location)
  response.header('Idempotency-Replayed', 'true').header('Content-Type', 'application/json; charset=utf-8')
  response.status(status).send(body)
}

/** Two requests are the same where method, address and body are. */
function fingerprint({ request }: HttpContext): string {
  const asked = JSON.stringify([request.method(), request.url(true), request.body()])
  return createHash('sha256').update(asked).digest('hex')
}

const UNFIT = {
  status: 422,
  code: 'idempotency_key_invalid',
  detail: 'An Idempotency-Key has 1 to 255 visible ASCII characters.',
}
const IN_FLIGHT = {
  status: 409,
  code: 'idempotency_key_in_flight',
  detail: 'The first request with this Idempotency-Key is still under way.',
}
const OTHER = {
  status: 422,
  code: 'idempotency_key_reused',
  detail: 'This Idempotency-Key was used for another request. Make a new one for each.',
}
