import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const InstallationController = () => import('#controllers/settings/installation_controller')

const staff = [middleware.auth(), middleware.organization({ area: 'people' })]

/** The installation as a whole. Staff look; what concerns all organizations is done by admins. */
router
  .group(() => {
    router.get('/setup', [InstallationController, 'setup']).as('setup')
    router.get('/settings/data', [InstallationController, 'data']).as('settings.data')
    router.get('/settings/about', [InstallationController, 'about']).as('settings.about')
  })
  .use([pages, ...staff, middleware.shell()])

router
  .post('/settings/data/rotate', [InstallationController, 'rotate'])
  .as('settings.data.rotate')
  .use([pages, ...staff, middleware.admin(), audited('installation.rotate_encryption')])
