/** A worker that refreshes, dispatches and delivers: engine and notifications in a process of their own. */
import '#tests/helpers/lab/without_framework'
import type { NotifierPoint } from '#tests/helpers/lab/notification_points'
import type { NotifierWorkerSettings } from '#tests/helpers/lab/notification_kills'
import { serve, settings } from '#tests/helpers/lab/remote_process'

const { webhookChannel } = await import('#notifications/channels/webhook')
const { Dispatcher } = await import('#notifications/dispatcher')
const { MatterReader } = await import('#notifications/matter_reader')
const { Notifier } = await import('#notifications/notifier')
const { createTransport } = await import('#oauth/transport')
const { LabClock } = await import('#tests/helpers/lab/lab_clock')
const { labEngine, labVault } = await import('#tests/helpers/lab/lab_engine')
const { lethalDriver } = await import('#tests/helpers/lab/notification_points')
const { openPostgresDriver } = await import('#store/postgres_driver')
const { openSqliteDriver } = await import('#store/sqlite_driver')

const { place, endpoint, providers, notifications } = settings<NotifierWorkerSettings>()
const clock = new LabClock()
let armed: NotifierPoint | null = null
let parts: ReturnType<typeof build> | null = null

function openDriver() {
  const driver =
    place.dialect === 'sqlite' ? openSqliteDriver(place.file, clock) : openPostgresDriver(place.url, clock)
  return lethalDriver(driver, () => armed)
}

function build() {
  const driver = openDriver()
  const http = { transport: createTransport({ clock }), clock, settings: notifications }
  const nobody = { send: () => Promise.reject(new Error('only webhooks are expected')) }
  return {
    engine: labEngine({ driver: openDriver(), clock, sleep: clock.sleep, endpoint, labProviders: providers }),
    dispatcher: new Dispatcher({ driver, clock, settings: notifications }),
    notifier: new Notifier({
      ...{ driver, vault: labVault(), clock, random: () => 0, settings: notifications },
      matters: new MatterReader({ driver }),
      logger: console,
      channels: {
        email: { kind: 'email', ...nobody },
        push: { kind: 'push', ...nobody },
        slack_webhook: { kind: 'slack_webhook', ...nobody },
        discord_webhook: { kind: 'discord_webhook', ...nobody },
        webhook: webhookChannel(http),
      },
    }),
  }
}

const running = () => (parts ??= build())

serve({
  open(offset: number) {
    clock.offset = offset
    return running().engine.workers.register()
  },
  arm(point: NotifierPoint) {
    armed = point
  },
  advance: (milliseconds: number) => clock.advance(milliseconds),
  sweep: () => running().engine.refresh.refreshDue(),
  dispatch: () => running().dispatcher.tick(),
  deliver: () => running().notifier.tick(),
})
