/**
 * Traces for an OpenTelemetry collector, where `OTEL_EXPORTER_OTLP_ENDPOINT` names one. Without it nothing of OpenTelemetry
 * is loaded, and nobody listens.
 */
import app from '@adonisjs/core/services/app'
import emitter from '@adonisjs/core/services/emitter'
import logger from '@adonisjs/core/services/logger'
import observability from '#config/observability'

if (observability.collector !== null) await trace(observability.collector)

async function trace(endpoint: string): Promise<void> {
  const { startTracing } = await import('#services/observability/start_tracing')
  const log = logger.use().child({ module: 'Tracing' })
  const onTrouble = (reason: string) => log.warn({ reason }, 'Spans could not be sent and are dropped')
  const tracing = startTracing({ endpoint, emitter, onTrouble })
  app.terminating(() => tracing.close())
}
