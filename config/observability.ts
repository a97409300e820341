import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { appUrl } from '#config/app'
import redisConfig from '#config/redis'
import tokenRefresh from '#config/token_refresh'
import { trustsThisHost } from '#services/observability/insider'

/** Who may look at the state of the installation from outside, and what has to be there. */
const observability = {
  /** Opens `/metrics`, to this host, too; null: only this host is let in, where `trustsThisHost`. */
  metricsToken: env.get('METRICS_TOKEN') ?? null,
  /** Opens the details of `/health/ready` in the same way. */
  healthToken: env.get('HEALTH_TOKEN') ?? null,
  trustsThisHost: trustsThisHost(appUrl, app.inProduction),
  /** Where spans are sent, by OTLP over HTTP; null: nobody traces. */
  collector: env.get('OTEL_EXPORTER_OTLP_ENDPOINT') ?? null,
  /** Where people look at a trace, `{trace_id}` being its id; null: the pages show the id alone. */
  traceUrl: env.get('TRACE_URL') ?? null,
  readiness: {
    /** Whether this process is one that ticks. */
    ticks: tokenRefresh.scheduler.enabled,
    redis: redisConfig.isConfigured,
  },
}

export default observability
