import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import { leave, notFound, notificationsOf, personOf } from '#controllers/notifications/form_answers'
import { inboxRows } from '#controllers/notifications/inbox_rows'
import { appUrl } from '#config/app'
import { listLinks } from '#transformers/list_links'
import { ownPath } from '#transformers/inbox_row'
import { safeReturnTo } from '#validators/return_to'

/** What a person was told, newest first. Everybody sees their own and nobody else's. */
export default class InboxController {
  async index(ctx: HttpContext) {
    const { inbox } = await notificationsOf(ctx)
    const unreadOnly = ctx.request.input('show') === 'unread'
    const cursor: unknown = ctx.request.input('cursor')
    const page = await inbox.list(personOf(ctx), { unread: unreadOnly, cursor })
    const rows = await inboxRows(ctx, page.items)
    const { next, previous } = page
    const figures = { rows, next, previous, unreadOnly, unread: ctx.unreadCount }
    if (isUnchanged(ctx, figures)) return
    const links = listLinks('/inbox', { show: unreadOnly ? 'unread' : null })
    return ctx.view.render('pages/inbox/index', {
      ...figures,
      links,
      here: links.to({ cursor: typeof cursor === 'string' ? cursor : null }),
      now: Date.now(),
    })
  }

  /** Leads to the page where one acts, and marks the matter as read. */
  async open(ctx: HttpContext) {
    const { inbox } = await notificationsOf(ctx)
    const person = personOf(ctx)
    const entry = await inbox.find(person, ctx.params.id)
    if (!entry) throw notFound(ctx)
    await inbox.markRead(person, entry.matter.id)
    const [{ link }] = await inboxRows(ctx, [entry])
    return ctx.response
      .redirect()
      .status(303)
      .toPath(ownPath(link, appUrl) ?? '/inbox')
  }

  async read(ctx: HttpContext) {
    const { inbox } = await notificationsOf(ctx)
    if (!(await inbox.markRead(personOf(ctx), ctx.params.id))) throw notFound(ctx)
    const back = safeReturnTo(ctx.request.input('return_to'), '/inbox')
    return ctx.response.redirect().status(303).toPath(back)
  }

  async readAll(ctx: HttpContext) {
    const { inbox } = await notificationsOf(ctx)
    await inbox.markAllRead(personOf(ctx))
    return leave(ctx, '/inbox', ctx.i18n.t('inbox.marked_all'))
  }
}
