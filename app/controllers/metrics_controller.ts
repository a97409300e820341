import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import settings from '#config/observability'
import { writeProblem } from '#exceptions/problem'
import { isInsider } from '#services/observability/insider'

/** `GET /metrics` for Prometheus: for whoever brings METRICS_TOKEN; without one, for this host. */
export default class MetricsController {
  async show(ctx: HttpContext) {
    const { request, response } = ctx
    response.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff')
    const visitor = {
      peer: request.request.socket.remoteAddress,
      header: (name: string) => request.header(name),
    }
    if (!isInsider(visitor, settings.metricsToken, settings.trustsThisHost)) return refuse(ctx)
    const { contentType, text } = await (await app.container.make('metrics')).expose()
    return response.header('Content-Type', contentType).send(text)
  }
}

function refuse(ctx: HttpContext): void {
  ctx.response.header('WWW-Authenticate', 'Bearer realm="Evergrant metrics"')
  const detail =
    'Metrics are told to whoever sends METRICS_TOKEN as a bearer token; without one, to this host.'
  writeProblem(ctx, { status: 401, code: 'metrics_token_missing', detail })
}
