import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import SessionMiddleware from '@adonisjs/session/session_middleware'
import { isApi } from '#exceptions/problem'

/** Sessions are for pages. The API knows its callers by their keys, so a cookie means nothing there. */
@inject()
export default class PageSessionMiddleware {
  constructor(private readonly sessions: SessionMiddleware<never>) {}

  handle(ctx: HttpContext, next: NextFn) {
    return isApi(ctx) ? next() : this.sessions.handle(ctx, next)
  }
}
