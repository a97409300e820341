import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { notAllowed } from '#exceptions/not_allowed'
import type Membership from '#models/membership'
import { mayEnter, type Area } from '#policies/roles'
import { placesOf } from '#services/people/page_session'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The signed-in person's place in the organization that this request is about. */
    membership: Membership
  }
}

/**
 * Finds the signed-in person's membership in the organization that they chose, puts it on the context, and refuses people
 * without one, and those whose role does not include this part of the application. It is read at each request, so that
 * whoever was removed or has another role meets that at once. Nothing said means the part that holds all accounts.
 */
export default class OrganizationMiddleware {
  async handle(ctx: HttpContext, next: NextFn, { area = 'accounts' }: { area?: Area } = {}) {
    const { places, current } = await placesOf(ctx, ctx.auth.use('web').getUserOrFail().id)
    if (!current) throw notAllowed(ctx, 'no_organization')
    if (!mayEnter(current.role, area)) throw notAllowed(ctx, 'area')
    ctx.membership = current
    ctx.view.share({ organizations: places.map(({ organization }) => organization) })
    return next()
  }
}
