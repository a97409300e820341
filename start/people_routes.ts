import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const SecondFactorController = () => import('#controllers/second_factor_controller')
const InvitationController = () => import('#controllers/invitation_controller')
const ProfileController = () => import('#controllers/settings/profile_controller')
const SecurityController = () => import('#controllers/settings/security_controller')
const TwoFactorController = () => import('#controllers/settings/two_factor_controller')
const PeopleController = () => import('#controllers/settings/people_controller')
const InvitationsController = () => import('#controllers/settings/invitations_controller')
const OrganizationController = () => import('#controllers/settings/organization_controller')

/** What cannot be an id of ours is not found, before any query is made of it. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const everybody = [middleware.auth(), middleware.organization({ area: 'all' })]
const staff = [middleware.auth(), middleware.organization({ area: 'people' })]
const admins = [...staff, middleware.admin()]

router
  .group(() => {
    router.get('/login/two-factor', [SecondFactorController, 'create']).as('login.two_factor')
    router
      .post('/login/two-factor', [SecondFactorController, 'store'])
      .as('login.two_factor.store')
      .use(audited('session.sign_in', 'person'))
  })
  .use([pages, middleware.guest()])

// Whoever has the link may open it; what it leads to depends on who is signed in.
router.get('/invitations/:token', [InvitationController, 'show']).as('invitations.show').use(pages)
router
  .post('/invitations/:token', [InvitationController, 'accept'])
  .as('invitations.accept')
  .use([pages, audited('invitation.accept')])

router
  .group(() => {
    router.get('/settings', ({ response }) => response.redirect().toPath('/settings/profile')).as('settings')
    router.get('/settings/profile', [ProfileController, 'show']).as('settings.profile')
    router
      .post('/settings/profile', [ProfileController, 'update'])
      .as('settings.profile.update')
      .use(audited('profile.update', 'person'))
    router
      .post('/settings/password', [ProfileController, 'password'])
      .as('settings.password')
      .use(audited('profile.change_password', 'person'))
    router.get('/settings/security', [SecurityController, 'show']).as('settings.security')
    router
      .post('/settings/sessions/end', [SecurityController, 'endSessions'])
      .as('settings.sessions.end')
      .use(audited('profile.end_sessions', 'person'))
    router.get('/settings/two-factor', [TwoFactorController, 'show']).as('settings.two_factor')
    router
      .post('/settings/two-factor', [TwoFactorController, 'begin'])
      .as('settings.two_factor.begin')
      .use(audited('two_factor.begin', 'person'))
    // Addresses of answers to forms: whoever loads such a page again asks for it by GET.
    for (const answered of ['confirm', 'codes'])
      router
        .get(`/settings/two-factor/${answered}`, ({ response }) =>
          response.redirect().toPath('/settings/security')
        )
        .as(`settings.two_factor.${answered}.again`)
    router
      .post('/settings/two-factor/remove', [TwoFactorController, 'remove'])
      .as('settings.two_factor.remove')
      .use(audited('two_factor.disable', 'person'))
    router
      .post('/organizations/switch', [OrganizationController, 'switch'])
      .as('organizations.switch')
      .use(audited('organization.switch'))
  })
  .use([pages, ...everybody, middleware.shell()])

/** These answer with the page that shows recovery codes once. */
router
  .group(() => {
    router
      .post('/settings/two-factor/confirm', [TwoFactorController, 'confirm'])
      .as('settings.two_factor.confirm')
      .use(audited('two_factor.enable', 'person'))
    router
      .post('/settings/two-factor/codes', [TwoFactorController, 'renewCodes'])
      .as('settings.two_factor.codes')
      .use(audited('two_factor.new_recovery_codes', 'person'))
  })
  .use([pages, ...everybody, middleware.shell({ always: true })])

router
  .group(() => {
    router.get('/settings/people', [PeopleController, 'index']).as('settings.people')
    router.get('/settings/organization', [OrganizationController, 'show']).as('settings.organization')
  })
  .use([pages, ...staff, middleware.shell()])

router
  .group(() => {
    router
      .post('/settings/people/:user/role', [PeopleController, 'changeRole'])
      .as('settings.people.role')
      .use(audited('member.change_role', 'member'))
    router
      .post('/settings/people/:user/remove', [PeopleController, 'remove'])
      .as('settings.people.remove')
      .use(audited('member.remove', 'member'))
    router
      .post('/settings/people/:user/two-factor/reset', [PeopleController, 'resetTwoFactor'])
      .as('settings.people.reset_two_factor')
      .use(audited('member.reset_two_factor', 'member'))
    router
      .post('/settings/invitations/:id/withdraw', [InvitationsController, 'withdraw'])
      .as('settings.invitations.withdraw')
      .use(audited('invitation.withdraw'))
    router
      .post('/settings/organization', [OrganizationController, 'update'])
      .as('settings.organization.update')
      .use(audited('organization.update', 'organization'))
    router
      .post('/organizations', [OrganizationController, 'store'])
      .as('organizations.store')
      .use(audited('organization.create', 'organization'))
  })
  .where('id', ID)
  .where('user', ID)
  .use([pages, ...admins])

/** These answer with the page that shows a link once. */
router
  .group(() => {
    router
      .post('/settings/invitations', [InvitationsController, 'store'])
      .as('settings.invitations.store')
      .use(audited('invitation.create'))
    router
      .post('/settings/invitations/:id/renew', [InvitationsController, 'renew'])
      .as('settings.invitations.renew')
      .use(audited('invitation.resend'))
  })
  .where('id', ID)
  .use([pages, ...admins, middleware.shell({ always: true })])
