import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import Membership, { type Role } from '#models/membership'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The signed-in person's place in the organization that this request is about. */
    membership: Membership
  }
}

/** Roles that may see these pages at all; game masters and streamers get pages of their own. */
const READERS: readonly Role[] = ['admin', 'operator', 'viewer']

/** Finds the signed-in person's membership, puts it on the context, and refuses people without one. */
export default class OrganizationMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const membership = await Membership.query()
      .where('user_id', ctx.auth.use('web').getUserOrFail().id)
      .preload('organization')
      .orderBy('created_at')
      .orderBy('organization_id')
      .first()
    if (!membership) throw refusal('You do not belong to an organization yet. Ask an admin to add you.')
    if (!READERS.includes(membership.role)) {
      throw refusal('Your role does not include these pages. Ask an admin if you need them.')
    }
    ctx.membership = membership
    return next()
  }
}

function refusal(message: string): Exception {
  return new Exception(message, { status: 403, code: 'E_NOT_ALLOWED' })
}
