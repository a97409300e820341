import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** What any cache may keep for everybody carries no cookie: a stored one would be handed to the next reader. */
export default class SharedCacheMiddleware {
  async handle({ response }: HttpContext, next: NextFn) {
    await next()
    const isShared = /\bpublic\b/.test(String(response.getHeader('cache-control') ?? ''))
    if (isShared && !response.headersSent) response.removeHeader('set-cookie')
  }
}
