import router from '@adonisjs/core/services/router'
import { audited, middleware } from '#start/kernel'

const AuditController = () => import('#controllers/admin/audit_controller')

const readers = [middleware.auth(), middleware.organization({ area: 'audit' })]

/** Who did what. Taking the trail out is told in it, too. */
export function auditRoutes(): void {
  router
    .get('/audit', [AuditController, 'index'])
    .as('audit')
    .use([...readers, middleware.shell()])
  router
    .get('/audit/export', [AuditController, 'export'])
    .as('audit.export')
    .use([...readers, audited('audit.export')])
}
