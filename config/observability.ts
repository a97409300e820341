import env from '#start/env'
import redisConfig from '#config/redis'
import tokenRefresh from '#config/token_refresh'

/** Who may look at the state of the installation from outside, and what has to be there. */
const observability = {
  /** Opens `/metrics` to others than this host; null: to nobody else. */
  metricsToken: env.get('METRICS_TOKEN') ?? null,
  /** Opens the details of `/health/ready` to others than this host. */
  healthToken: env.get('HEALTH_TOKEN') ?? null,
  /** Where spans are sent, by OTLP over HTTP; null: nobody traces. */
  collector: env.get('OTEL_EXPORTER_OTLP_ENDPOINT') ?? null,
  readiness: {
    /** Whether this process is one that ticks. */
    ticks: tokenRefresh.scheduler.enabled,
    redis: redisConfig.isConfigured,
  },
}

export default observability
