/**
 * One line for each finished request, with the request id that the visitor got in `X-Request-Id`. What fails is logged by
 * itself, so where only errors are logged nobody listens here, and a request costs nothing more.
 */
import emitter from '@adonisjs/core/services/emitter'
import logger from '@adonisjs/core/services/logger'
import type { HttpContext } from '@adonisjs/core/http'
import { accessLine } from '#services/observability/access_line'

const MS_PER_SECOND = 1_000
const NS_PER_MS = 1_000_000

if (logger.isLevelEnabled('warn')) {
  emitter.on('http:request_completed', ({ ctx, duration: [seconds, nanoseconds] }) =>
    log(ctx, seconds * MS_PER_SECOND + nanoseconds / NS_PER_MS)
  )
}

function log(ctx: HttpContext, took: number): void {
  const { request, response, route } = ctx
  // Programs have no `auth`, people no key, and visitors neither.
  const { apiKey, auth, membership } = ctx as Partial<HttpContext>
  const { level, fields, message } = accessLine({
    method: request.method(),
    route: route?.pattern ?? 'none',
    status: response.response.statusCode,
    took,
    apiKey: apiKey?.id ?? null,
    user: auth?.use('web').user?.id ?? null,
    organization: apiKey?.organizationId ?? membership?.organizationId ?? null,
  })
  ctx.logger[level](fields, message)
}
