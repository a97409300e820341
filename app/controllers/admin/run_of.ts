import { errors, type HttpContext } from '@adonisjs/core/http'
import type Run from '#models/run'
import { findRun } from '#services/run_pages'

/** The run that the address names; one that this organization does not have is a page that does not exist. */
export async function runOf({ membership, params, request }: HttpContext): Promise<Run> {
  const run = await findRun(membership.organizationId, params.id)
  if (!run) throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
  return run
}
