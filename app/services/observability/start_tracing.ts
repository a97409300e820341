import type { HttpContext } from '@adonisjs/core/http'
import type { EmitterService } from '@adonisjs/core/types'
import { refreshChannel, type RefreshEnded } from '#services/observability/refresh_channel'
import { Tracing } from '#services/observability/tracing'
import { systemClock } from '#services/system_clock'

interface Options {
  endpoint: string
  emitter: EmitterService
  onTrouble: (reason: string) => void
}

/** Traces the requests and refreshes of this process from now on, until the tracing is closed. */
export function startTracing({ endpoint, emitter, onTrouble }: Options): { close(): Promise<void> } {
  const tracing = new Tracing({ endpoint, onTrouble, now: () => systemClock.now() })
  const onRefresh = (ended: unknown) => tracing.refresh(ended as RefreshEnded)
  const silence = emitter.on('http:request_completed', ({ ctx, duration: [seconds, nanoseconds] }) =>
    onRequest(tracing, ctx, seconds * 1_000 + nanoseconds / 1_000_000)
  )
  refreshChannel.subscribe(onRefresh)
  return {
    async close() {
      silence()
      refreshChannel.unsubscribe(onRefresh)
      await tracing.close()
    },
  }
}

function onRequest(tracing: Tracing, { request, response, route }: HttpContext, took: number): void {
  tracing.request({
    method: request.method(),
    route: route?.pattern ?? 'none',
    status: response.response.statusCode,
    took,
    requestId: request.id() ?? null,
    headers: request.headers(),
  })
}
