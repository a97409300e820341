import BodyParserMiddleware from '@adonisjs/core/bodyparser_middleware'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { writeProblem } from '#exceptions/problem'

/** A body that is sent to the API is JSON, and says so. It is read here, and for callers with a key only. */
export function apiJson(ctx: HttpContext, next: NextFn): Promise<unknown> {
  const { request } = ctx
  // A POST without a body says so by a length of zero, and has no kind.
  const isEmpty = !request.hasBody() || request.header('content-length') === '0'
  return isEmpty ? next() : readBody(ctx, next)
}

async function readBody(ctx: HttpContext, next: NextFn): Promise<unknown> {
  if (ctx.request.is(['json'])) {
    const parser = await ctx.containerResolver.make(BodyParserMiddleware)
    return parser.handle(ctx, next)
  }
  const detail = 'The body must be JSON, sent as "Content-Type: application/json".'
  return writeProblem(ctx, { status: 415, code: 'unsupported_media_type', detail })
}
