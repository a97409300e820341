import type { HttpContext } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import type { NextFn } from '@adonisjs/core/types/http'
import type { Notifications } from '#notifications/build_notifications'
import { homeOf, mayAct, mayEnter, type Area } from '#policies/roles'
import { EVERYTHING } from '#services/account_filter/account_filter'
import { healthExpression } from '#services/account_list'
import dashboard from '#services/dashboard_service'
import { healthCounts } from '#services/health_counts'
import { loadProviderFacts } from '#services/load_provider_facts'
import { railOf } from '#transformers/rail'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** Accounts that need a person: the red number in the rail, on every page. */
    reconnectCount: number
    /** What the person has not read yet: the number at the inbox, on every page. */
    unreadCount: number
  }
}

/**
 * What every page of the shell shows beside its content: the person, the organization and the scheduler's heartbeat.
 * The heartbeat also goes into a header, so that a poll that is answered with 304 still brings it.
 */
export default class ShellMiddleware {
  /** Forms end on another page; `always` is for the few that answer with a page themselves. */
  async handle(ctx: HttpContext, next: NextFn, { always = false }: { always?: boolean } = {}) {
    if (ctx.request.method() !== 'GET' && !always) return next()
    const now = Date.now()
    const { role, organization, organizationId } = ctx.membership
    const isStaff = mayEnter(role, 'accounts')
    const heartbeat = await dashboard.heartbeat(now)
    ctx.response.header('X-Scheduler', `${heartbeat.age ?? 'never'};${heartbeat.interval ?? 0}`)
    ctx.response.header('Cache-Control', 'no-store')
    keepFlashForPage(ctx)
    ctx.reconnectCount = isStaff ? await countReconnect(organizationId, now) : 0
    ctx.unreadCount = await countUnread(ctx)
    ctx.view.share({
      now,
      heartbeat,
      quarantine: await dashboard.quarantine(),
      reconnectCount: ctx.reconnectCount,
      unreadCount: ctx.unreadCount,
      person: ctx.auth.use('web').user,
      role,
      roleWord: ctx.i18n.t(`people.roles.${role}`),
      home: homeOf(role),
      isStaff,
      mayAct: mayAct(role),
      mayEnter: (area: Area) => mayEnter(role, area),
      rail: railOf((area) => mayEnter(role, area), isServed),
      organization,
    })
    return next()
  }
}

/** Whether this installation has a page at a path; what is unknown meets the route for everything. */
function isServed(path: string): boolean {
  return router.match(path, 'GET', false)?.route.pattern === path
}

/** A poll that overtakes the page after a form must not use up that page's message. */
function keepFlashForPage({ request, session }: HttpContext): void {
  if (request.header('if-none-match') && !session.flashMessages.isEmpty) session.reflash()
}

async function countReconnect(organizationId: string, now: number): Promise<number> {
  const health = healthExpression(await loadProviderFacts(organizationId), now)
  return (await healthCounts(organizationId, { provider: null, search: EVERYTHING }, health)).reconnect
}

async function countUnread({ containerResolver, membership }: HttpContext): Promise<number> {
  const { inbox }: Notifications = await containerResolver.make('notifications')
  return inbox.unread(membership)
}
