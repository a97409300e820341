import { createHash } from 'node:crypto'
import type { HttpContext } from '@adonisjs/core/http'

/**
 * Gives a page an ETag made of the figures it shows, and answers 304 to a poll that has seen them already. The HTML
 * itself cannot serve: its nonce and form tokens differ each time. Put nothing into `figures` that changes by itself.
 */
export function isUnchanged(ctx: HttpContext, figures: unknown): boolean {
  const digest = createHash('sha256')
    .update(
      JSON.stringify([ctx.i18n.locale, ctx.membership.role, ctx.reconnectCount, ctx.unreadCount, figures])
    )
    .digest('base64url')
  const etag = `W/"${digest.slice(0, 22)}"`
  ctx.response.header('ETag', etag)
  ctx.view.share({ etag })
  if (ctx.request.header('if-none-match') !== etag) return false
  ctx.response.status(304).send(null)
  return true
}
