import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type { Notice } from '#transformers/refresh_notice'

/**
 * Gives a message that something went wrong the id of the request that it is about, so that whoever reads it can name the
 * line in the log. Controllers flash a `notice`; the page after the redirect shows it.
 */
export default class NoticeMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    await next()
    if (!ctx.session?.initiated) return
    const notice = ctx.session.responseFlashMessages.get('notice') as Notice | undefined
    if (notice?.tone !== 'bad') return
    ctx.session.flash('notice', { ...notice, requestId: ctx.request.id() })
  }
}
