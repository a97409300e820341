import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const InstallationController = () => import('#controllers/settings/installation_controller')
const FirstPersonController = () => import('#controllers/settings/first_person_controller')

const staff = [middleware.auth(), middleware.organization({ area: 'people' })]

// Before anybody can sign in it is the page of the first account.
router
  .get('/setup', [InstallationController, 'setup'])
  .as('setup')
  .use([pages, middleware.firstPerson(), ...staff, middleware.shell()])
router
  .post('/setup', [FirstPersonController, 'store'])
  .as('setup.first')
  .use([pages, audited('installation.set_up', 'member')])

/** The installation as a whole. Staff look; what concerns all organizations is done by admins. */
router
  .group(() => {
    router.get('/settings/data', [InstallationController, 'data']).as('settings.data')
    router.get('/settings/about', [InstallationController, 'about']).as('settings.about')
  })
  .use([pages, ...staff, middleware.shell()])

router
  .post('/settings/data/rotate', [InstallationController, 'rotate'])
  .as('settings.data.rotate')
  .use([pages, ...staff, middleware.admin(), audited('installation.rotate_encryption')])
