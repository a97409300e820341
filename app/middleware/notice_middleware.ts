import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { mayEnter } from '#policies/roles'
import type { Notice } from '#transformers/refresh_notice'

/**
 * Gives a message that something went wrong the id of the request that it is about, so that whoever reads it can name the
 * line in the log, and the event that tells of it: what the controller named, else the entry of the audit trail, for those
 * who may read that. Controllers flash a `notice`; the page after the redirect shows it.
 */
export default class NoticeMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    await next()
    if (!ctx.session?.initiated) return
    const notice = ctx.session.responseFlashMessages.get('notice') as Notice | undefined
    if (notice?.tone !== 'bad') return
    const event = notice.event ?? auditEntry(ctx)
    ctx.session.flash('notice', { ...notice, event, requestId: ctx.request.id() })
  }
}

/** The page of the request's own entry. The trail is complete by now: its middleware runs within this one. */
function auditEntry({ audit, membership }: HttpContext): string | undefined {
  const role = (membership as HttpContext['membership'] | undefined)?.role
  if (!audit?.entryId || !role || !mayEnter(role, 'audit')) return undefined
  return `/audit?entry=${audit.entryId}`
}
