import router from '@adonisjs/core/services/router'

const HealthController = () => import('#controllers/health_controller')
const MetricsController = () => import('#controllers/metrics_controller')

/** For supervisors, load balancers and Prometheus: no session, no cookie, no limit. */
router.get('/health/live', [HealthController, 'live']).as('health.live')
router.get('/health/ready', [HealthController, 'ready']).as('health.ready')
/** The names that many supervisors ask for by themselves. */
router.get('/health', [HealthController, 'live']).as('health.alias')
router.get('/ready', [HealthController, 'ready']).as('ready.alias')
router.get('/metrics', [MetricsController, 'show']).as('metrics')
