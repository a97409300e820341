import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { answerLinkCallback } from '#controllers/connect/link_callback'

/**
 * Providers know one redirect address of ours. People who left by a connect link have no account here, so they are
 * received before the sign-in is asked for.
 */
export default class ConnectLinkMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (!(await answerLinkCallback(ctx))) return next()
  }
}
