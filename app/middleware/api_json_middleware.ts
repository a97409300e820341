import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { writeProblem } from '#exceptions/problem'

/** A body that is sent to the API is JSON, and says so. */
export default class ApiJsonMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request } = ctx
    // A POST without a body says so by a length of zero, and has no kind.
    const isEmpty = !request.hasBody() || request.header('content-length') === '0'
    if (isEmpty || request.is(['json'])) return next()
    const detail = 'The body must be JSON, sent as "Content-Type: application/json".'
    return writeProblem(ctx, { status: 415, code: 'unsupported_media_type', detail })
  }
}
