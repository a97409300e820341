import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import { leave, notFound, notificationsOf } from '#controllers/notifications/form_answers'
import { appUrl } from '#config/app'
import { deliveryRequest } from '#notifications/delivery_request'
import { attemptRow, deliveryFilters, deliveryRow, subjectOf } from '#transformers/delivery_page'
import { ownPath } from '#transformers/inbox_row'
import { listLinks } from '#transformers/list_links'
import { deliveryFilter } from '#validators/delivery_filter'

const LIST = '/alerts/deliveries'

/** What became of the messages of an organization, with what receivers answered; for people who may act. */
export default class DeliveriesController {
  async index(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const query = ctx.request.qs()
    const { filter, shown } = deliveryFilter(query)
    const links = listLinks(LIST, shown)
    if (Object.values(query).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const { channels, deliveries, wording } = await notificationsOf(ctx)
    const cursor = typeof query.cursor === 'string' ? query.cursor : null
    const { entries, next, previous } = await deliveries.list(organizationId, filter, { cursor })
    const now = Date.now()
    const t = ctx.i18n.t.bind(ctx.i18n)
    const rows = entries.map((entry) => deliveryRow(entry, subjectOf(entry, wording, t), { now, t }))
    if (isUnchanged(ctx, { rows, next, previous, dead: ctx.deadLetters })) return
    const receivers = await channels.list(organizationId)
    return ctx.view.render('pages/alerts/deliveries', {
      ...{ rows, next, previous, links, now },
      filter: shown,
      states: deliveryFilters(t),
      channels: receivers.map(({ id, name }) => ({ value: id, label: name })),
      moving: rows.some(({ open }) => open),
    })
  }

  async show(ctx: HttpContext) {
    const { deliveries, wording } = await notificationsOf(ctx)
    const found = await deliveries.find(ctx.membership.organizationId, ctx.params.id)
    if (!found) throw notFound(ctx)
    const now = Date.now()
    const t = ctx.i18n.t.bind(ctx.i18n)
    const delivery = deliveryRow(found, subjectOf(found, wording, t), { now, t })
    const attempts = found.history.map((attempt) => attemptRow(attempt, t)).reverse()
    if (isUnchanged(ctx, { delivery, attempts })) return
    const words = found.message && wording.words(found.message)
    const message = words && {
      ...words,
      lang: found.message?.locale ?? 'en',
      href: ownPath(words.link, appUrl) ?? '/',
    }
    const request = deliveryRequest(found, wording)
    return ctx.view.render('pages/alerts/delivery', { delivery, attempts, message, request, now })
  }

  async redeliver(ctx: HttpContext) {
    const { deliveries } = await notificationsOf(ctx)
    const answer = await deliveries.redeliver(ctx.membership.organizationId, ctx.params.id)
    if (answer === 'not_found') throw notFound(ctx)
    const tone = answer === 'waiting' ? 'good' : 'bad'
    return leave(ctx, `${LIST}/${ctx.params.id}`, ctx.i18n.t(`alerts.redelivered.${answer}`), tone)
  }

  async cancel(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const { deliveries } = await notificationsOf(ctx)
    if (!(await deliveries.find(organizationId, ctx.params.id))) throw notFound(ctx)
    const path = `${LIST}/${ctx.params.id}`
    if (await deliveries.cancel(organizationId, ctx.params.id))
      return leave(ctx, path, ctx.i18n.t('alerts.delivery.cancelled'))
    return leave(ctx, path, ctx.i18n.t('alerts.delivery.too_late'), 'bad')
  }
}
