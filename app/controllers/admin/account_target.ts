import { errors, type HttpContext } from '@adonisjs/core/http'
import dashboard from '#services/dashboard_service'
import type { Notice } from '#transformers/refresh_notice'

/** Where a form that was refused waits for the page that shows it again. */
export const REFUSED_FORM = 'accountForm'

/** A notice about a link that was made: the page shows it once. */
export interface MadeLinkNotice extends Notice {
  link: {
    id: string
    expiresAt: number
    /** The address that was typed, where nothing was sent; `wrong`: it is none. */
    typed?: string
    wrong?: boolean
  }
}

/** The engine and the account that a form is about; an unknown or foreign one is not found. */
export async function targetAccount(ctx: HttpContext) {
  const connection = await dashboard.connection(ctx.membership.organizationId, ctx.params.id)
  if (!connection) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
  const engine = await ctx.containerResolver.make('engine')
  return { engine, connection }
}
