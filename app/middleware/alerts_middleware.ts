import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type { Notifications } from '#notifications/build_notifications'
import { mayManageAlerts } from '#policies/notification_policy'
import { alertTabs } from '#transformers/alert_tabs'

/** What every page of the alerts has above its content: the tabs of the role, with the number of dead letters. */
export default class AlertsMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { role, organizationId } = ctx.membership
    const notifications: Notifications = await ctx.containerResolver.make('notifications')
    const dead = mayManageAlerts(role) ? await notifications.deliveries.countDead(organizationId) : 0
    ctx.deadLetters = dead
    ctx.view.share({
      alertTabs: alertTabs(role, dead, ctx.i18n.t.bind(ctx.i18n)),
      mayManageAlerts: mayManageAlerts(role),
    })
    return next()
  }
}

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** Messages that were given up, as the tab of the log counts them; 0 for people without that tab. */
    deadLetters: number
  }
}
