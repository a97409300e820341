import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const InboxController = () => import('#controllers/notifications/inbox_controller')
const RulesController = () => import('#controllers/notifications/rules_controller')
const PreferencesController = () => import('#controllers/notifications/preferences_controller')
const ChannelsController = () => import('#controllers/notifications/channels_controller')
const PushSubscriptionsController = () => import('#controllers/notifications/push_subscriptions_controller')
const DeliveriesController = () => import('#controllers/notifications/deliveries_controller')

/** What cannot be an id of ours is not found, before any query is made of it. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const everybody = [middleware.auth(), middleware.organization({ area: 'all' })]
const operators = [middleware.auth(), middleware.organization(), middleware.operator()]

router
  .group(() => {
    router.get('/inbox', [InboxController, 'index']).as('inbox')
    router.get('/inbox/:id/open', [InboxController, 'open']).as('inbox.open')
    router.post('/inbox/read', [InboxController, 'readAll']).as('inbox.read_all')
    router.post('/inbox/:id/read', [InboxController, 'read']).as('inbox.read')
  })
  .where('id', ID)
  .use([pages, ...everybody, middleware.shell()])

router
  .group(() => {
    router.get('/alerts', [RulesController, 'index']).as('alerts')
    router.get('/alerts/rules/new', [RulesController, 'create']).as('alerts.rules.create')
    router
      .post('/alerts/rules', [RulesController, 'store'])
      .as('alerts.rules.store')
      .use(audited('alert_rule.create', 'alert_rule'))
    router
      .post('/alerts/rules/default', [RulesController, 'adopt'])
      .as('alerts.rules.adopt')
      .use(audited('alert_rule.adopt'))
    router.get('/alerts/rules/:id', [RulesController, 'edit']).as('alerts.rules.edit')
    router
      .post('/alerts/rules/:id', [RulesController, 'update'])
      .as('alerts.rules.update')
      .use(audited('alert_rule.update', 'alert_rule'))
    router
      .post('/alerts/rules/:id/remove', [RulesController, 'destroy'])
      .as('alerts.rules.destroy')
      .use(audited('alert_rule.remove', 'alert_rule'))
    router
      .post('/alerts/preferences', [PreferencesController, 'update'])
      .as('alerts.preferences')
      .use(audited('profile.alert_preferences', 'alert_preferences'))
  })
  .where('id', ID)
  .use([pages, ...everybody, middleware.shell(), middleware.alerts()])

router
  .group(() => {
    router.get('/alerts/channels', [ChannelsController, 'index']).as('alerts.channels')
    router.get('/alerts/channels/new', [ChannelsController, 'create']).as('alerts.channels.create')
    router.get('/alerts/channels/:id', [ChannelsController, 'show']).as('alerts.channels.show')
    router.get('/alerts/deliveries', [DeliveriesController, 'index']).as('alerts.deliveries')
    router.get('/alerts/deliveries/:id', [DeliveriesController, 'show']).as('alerts.deliveries.show')
    router
      .post('/alerts/channels/:id', [ChannelsController, 'update'])
      .as('alerts.channels.update')
      .use(audited('channel.update', 'channel'))
    router
      .post('/alerts/channels/:id/test', [ChannelsController, 'test'])
      .as('alerts.channels.test')
      .use(audited('channel.test', 'channel'))
    router
      .post('/alerts/channels/:id/enable', [ChannelsController, 'enable'])
      .as('alerts.channels.enable')
      .use(audited('channel.enable', 'channel'))
    router
      .post('/alerts/channels/:id/remove', [ChannelsController, 'destroy'])
      .as('alerts.channels.destroy')
      .use(audited('channel.remove', 'channel'))
    router
      .post('/alerts/deliveries/:id/redeliver', [DeliveriesController, 'redeliver'])
      .as('alerts.deliveries.redeliver')
      .use(audited('delivery.redeliver', 'delivery'))
    router
      .post('/alerts/deliveries/:id/cancel', [DeliveriesController, 'cancel'])
      .as('alerts.deliveries.cancel')
      .use(audited('delivery.cancel', 'delivery'))
  })
  .where('id', ID)
  .use([pages, ...operators, middleware.shell(), middleware.alerts()])

/** These answer with the page that shows a secret once. */
router
  .group(() => {
    router
      .post('/alerts/channels', [ChannelsController, 'store'])
      .as('alerts.channels.store')
      .use(audited('channel.create', 'channel'))
    router
      .post('/alerts/channels/:id/rotate', [ChannelsController, 'rotate'])
      .as('alerts.channels.rotate')
      .use(audited('channel.rotate_secret', 'channel'))
  })
  .where('id', ID)
  .use([pages, ...operators, middleware.shell({ always: true }), middleware.alerts()])

router
  .group(() => {
    router.get('/alerts/devices/key', [PushSubscriptionsController, 'key']).as('alerts.devices.key')
    router
      .post('/alerts/devices', [PushSubscriptionsController, 'store'])
      .as('alerts.devices.store')
      .use(audited('device.enable', 'device'))
    router
      .post('/alerts/devices/:id/test', [PushSubscriptionsController, 'test'])
      .as('alerts.devices.test')
      .use(audited('device.test', 'device'))
    router
      .post('/alerts/devices/:id/remove', [PushSubscriptionsController, 'destroy'])
      .as('alerts.devices.remove')
      .use(audited('device.remove', 'device'))
  })
  .use([pages, ...everybody])

router
  .get('/alerts/devices', [PushSubscriptionsController, 'index'])
  .as('alerts.devices')
  .use([pages, ...everybody, middleware.alerts(), middleware.shell()])
