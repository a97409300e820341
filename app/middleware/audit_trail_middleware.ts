import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type { AuditAction } from '#services/audit/actions'
import { AuditedRequest } from '#services/audit/audited_request'
import type { Audit } from '#services/audit/build_audit'
import type { TargetKind } from '#services/audit/targets'
import type { Actor, Ended } from '#services/audit/types'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The entry in the trail, on routes that are declared with `audited`. */
    audit?: AuditedRequest
  }
}

/** What a route is declared to do. */
export interface Declared {
  action: AuditAction
  target?: TargetKind | null
}

/**
 * Every route that changes something is in the trail, and says so where it is defined:
 *
 *     router.post('/accounts/:id/pause', […]).use(audited('connection.pause', 'connection'))
 *
 * To add one: its word in `services/audit/actions.ts` and in `resources/lang/…/audit.json`, a new kind of target in
 * `services/audit/targets.ts` (which names the columns that are told as before and after), and a row in a table of
 * `tests/helpers/audit/`: `audit_routes.spec.ts` calls each and fails for a route without one. `audited` stands last, so
 * that it runs right before the controller. A controller adds only what the address does not say: `ctx.audit?.about({ id })`
 * for what it made, `ctx.audit?.note({ … })` for what was asked, `await ctx.audit?.by(actor)` where nobody is signed in.
 *
 * This middleware completes the entry once the answer is known, and tells of what was refused on the way to the
 * controller. It costs other routes one look into a map.
 */
export default class AuditTrailMiddleware {
  handle(ctx: HttpContext, next: NextFn) {
    const declared = declarationOf(ctx.route)
    return declared === null ? next() : this.#follow(ctx, next, declared)
  }

  async #follow(ctx: HttpContext, next: NextFn, { action, target = null }: Declared) {
    const { request, params } = ctx
    const { trail }: Audit = await ctx.containerResolver.make('audit')
    const origin = {
      ip: request.ip(),
      userAgent: request.header('user-agent') ?? null,
      requestId: request.id() ?? null,
    }
    ctx.audit = new AuditedRequest(trail, { action, kind: target, params, origin })
    await next()
    const status = ctx.response.getStatus()
    try {
      await ctx.audit.end(outcomeOf(ctx, status), status, actorOf(ctx))
    } catch (err) {
      // It is done, and cannot be undone: its entry stays as begun.
      ctx.logger.error({ err, action }, 'An entry of the audit trail was not completed')
    }
  }
}

const declarations = new WeakMap<object, Declared | null>()

/** What a route is declared to do; null for those that change nothing. */
export function declarationOf(route: HttpContext['route']): Declared | null {
  if (!route) return null
  const known = declarations.get(route)
  if (known !== undefined) return known
  const found = [...route.middleware.all()].find((one) => typeof one === 'object' && one.name === 'audited')
  const declared = found && typeof found === 'object' ? (found.args as unknown as Declared) : null
  declarations.set(route, declared)
  return declared
}

/** Who asks, as far as the middleware before have found out. */
export function actorOf(ctx: HttpContext): Actor | null {
  if (ctx.apiKey as HttpContext['apiKey'] | undefined) {
    const { id, name, organizationId } = ctx.apiKey
    return { kind: 'api_key', id, name, organizationId }
  }
  const user = ctx.auth.use('web').user
  if (!user) return null
  const membership = ctx.membership as HttpContext['membership'] | undefined
  const organizationId = membership?.organizationId ?? null
  return { kind: 'person', id: user.id, name: user.fullName || user.email, organizationId }
}

/** Pages answer a refusal with a redirect: a sentence in the bad tone, or the form that is shown again. */
function outcomeOf({ session }: HttpContext, status: number): Ended['outcome'] {
  if (status >= 500) return 'failed'
  if (status >= 400) return 'refused'
  const flashed = (session as HttpContext['session'] | undefined)?.responseFlashMessages.all() ?? {}
  const { notice, ...forms } = flashed as { notice?: { tone?: string } }
  return notice?.tone === 'bad' || Object.keys(forms).length > 0 ? 'refused' : 'done'
}
