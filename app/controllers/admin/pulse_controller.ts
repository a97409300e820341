import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'

/** What pages without live figures of their own poll: nothing but the heartbeat in the headers. */
export default class PulseController {
  show(ctx: HttpContext) {
    if (isUnchanged(ctx, 'pulse')) return
    return ctx.view.render('pages/pulse')
  }
}
