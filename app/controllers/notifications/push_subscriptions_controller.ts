import type { HttpContext } from '@adonisjs/core/http'
import { notFound, textOf } from '#controllers/admin/campaign_answers'
import { rememberBrowser } from '#controllers/notifications/push_browser'
import type { Notifications } from '#notifications/build_notifications'
import { pushDeviceRow } from '#transformers/push_device_row'
import { pushTestNotice } from '#transformers/push_test_notice'

const PAGE = '/alerts/devices'

/** A person's own browsers: enabled, tested and removed by themselves, and seen by nobody else. */
export default class PushSubscriptionsController {
  async index(ctx: HttpContext) {
    const { push, devices } = await notificationsOf(ctx)
    const rows = (await push.list(ctx.membership.userId)).map(pushDeviceRow)
    const { publicKey, trouble } = devices
    return ctx.view.render('pages/alerts/devices', { rows, publicKey, trouble })
  }

  /** What a service worker needs to tell us of its new subscription; it has no page to take it from. */
  async key(ctx: HttpContext) {
    const { devices } = await notificationsOf(ctx)
    ctx.response.header('Cache-Control', 'no-store')
    return ctx.response.json({ public_key: devices.publicKey, csrf_token: ctx.request.csrfToken })
  }

  async store(ctx: HttpContext) {
    const { devices } = await notificationsOf(ctx)
    const told = {
      endpoint: textOf(ctx, 'endpoint'),
      p256dh: textOf(ctx, 'p256dh'),
      auth: textOf(ctx, 'auth'),
      replaces: textOf(ctx, 'replaces'),
    }
    const userAgent = ctx.request.header('user-agent') ?? ''
    const enabled = await devices.enable(ctx.membership.userId, told, userAgent)
    if (!enabled.ok) return leave(ctx, 'bad', ctx.i18n.t(`alerts.problem.${enabled.code}`))
    ctx.audit?.about({ id: enabled.id })
    rememberBrowser(ctx, enabled.id)
    return leave(ctx, 'good', ctx.i18n.t('alerts.devices.enabled', { device: enabled.device }))
  }

  async test(ctx: HttpContext) {
    const { devices } = await notificationsOf(ctx)
    const { userId, organizationId } = ctx.membership
    const [result] = await devices.test({ userId, organizationId }, String(ctx.params.id))
    if (!result) throw notFound(ctx.request)
    const { tone, text } = pushTestNotice(result, ctx.i18n.t.bind(ctx.i18n))
    return leave(ctx, tone, text)
  }

  async destroy(ctx: HttpContext) {
    const { push } = await notificationsOf(ctx)
    const removed = await push.remove(ctx.membership.userId, String(ctx.params.id))
    if (!removed) throw notFound(ctx.request)
    return leave(ctx, 'good', ctx.i18n.t('alerts.devices.removed'))
  }
}

function notificationsOf({ containerResolver }: HttpContext): Promise<Notifications> {
  return containerResolver.make('notifications')
}

function leave({ response, session }: HttpContext, tone: 'good' | 'bad' | 'plain', text: string) {
  session.flash('notice', { tone, text })
  return response.redirect().status(303).toPath(PAGE)
}
