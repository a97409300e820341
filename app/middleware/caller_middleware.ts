import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import InitializeAuthMiddleware from '@adonisjs/auth/initialize_auth_middleware'
import { isApi } from '#exceptions/problem'

const forPages = new InitializeAuthMiddleware()

/**
 * Makes ready to ask who is calling. The framework's own middleware also prepares a renderer of views, which costs several
 * times what a whole call of the API does; only pages need it.
 */
export default class CallerMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (!isApi(ctx)) return forPages.handle(ctx, next)
    const manager = await ctx.containerResolver.make('auth.manager')
    ctx.auth = manager.createAuthenticator(ctx)
    return next()
  }
}
