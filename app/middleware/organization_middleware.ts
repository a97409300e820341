import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type Membership from '#models/membership'
import { mayEnter, type Area } from '#policies/roles'
import { membershipOf } from '#services/membership_of'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The signed-in person's place in the organization that this request is about. */
    membership: Membership
  }
}

/**
 * Finds the signed-in person's membership, puts it on the context, and refuses people without one, and those whose role
 * does not include this part of the application. Nothing said means the part that holds all accounts.
 */
export default class OrganizationMiddleware {
  async handle(ctx: HttpContext, next: NextFn, { area = 'accounts' }: { area?: Area } = {}) {
    const membership = await membershipOf(ctx.auth.use('web').getUserOrFail().id)
    if (!membership) throw refusal('You do not belong to an organization yet. Ask an admin to add you.')
    if (!mayEnter(membership.role, area)) {
      throw refusal('Your role does not include these pages. Ask an admin if you need them.')
    }
    ctx.membership = membership
    return next()
  }
}

function refusal(message: string): Exception {
  return new Exception(message, { status: 403, code: 'E_NOT_ALLOWED' })
}
