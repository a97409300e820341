import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import settings from '#config/observability'
import { writeProblem } from '#exceptions/problem'
import { isInsider } from '#services/observability/insider'

/** Tells supervisors and load balancers how this process is. Strangers hear one word; insiders hear why. */
export default class HealthController {
  /** The process answers, whatever else is the matter: restarting it would not help. */
  live({ response }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    return { status: 'ok' }
  }

  /** Whether this process may be sent work: 200, or 503 as a problem (RFC 9457). */
  async ready(ctx: HttpContext) {
    const { request, response } = ctx
    response.header('Cache-Control', 'no-store')
    const readiness = await app.container.make('readiness')
    const { isHealthy, status, checks } = await readiness.run()
    const visitor = {
      peer: request.request.socket.remoteAddress,
      header: (name: string) => request.header(name),
    }
    const told = checks.map(({ name, status: state, message }) => ({ name, status: state, message }))
    const detail = isInsider(visitor, settings.healthToken, settings.trustsThisHost) ? { checks: told } : {}
    if (isHealthy) return { status, ...detail }
    const problem = { status: 503, code: 'not_ready', detail: 'This process should not be sent work now.' }
    return writeProblem(ctx, { ...problem, more: detail })
  }
}
