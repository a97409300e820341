import { defineConfig } from '@julr/adonisjs-prometheus'
import type { SystemCollectorOptions } from '@julr/adonisjs-prometheus/types'
import { systemCollector } from '@julr/adonisjs-prometheus/collectors/system_collector'
import { installationCollector } from '#services/observability/installation_collector'

/** What Node tells of itself goes under the names that every dashboard for Node knows. */
const unprefixed: SystemCollectorOptions & { metricsPrefix: string } = { metricsPrefix: '' }

/**
 * What `GET /metrics` tells. Its route is ours (`start/operations_routes.ts`), since the package's own knows addresses
 * and no token.
 */
export default defineConfig({
  metricsPrefix: 'evergrant',
  collectors: [systemCollector(unprefixed), installationCollector()],
})
