import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const AuditController = () => import('#controllers/admin/audit_controller')

const readers = [middleware.auth(), middleware.organization({ area: 'audit' })]

/** Who did what. Taking the trail out is told in it, too. */
router
  .get('/audit', [AuditController, 'index'])
  .as('audit')
  .use([pages, ...readers, middleware.shell()])
router
  .get('/audit/export', [AuditController, 'export'])
  .as('audit.export')
  .use([pages, ...readers, audited('audit.export')])
