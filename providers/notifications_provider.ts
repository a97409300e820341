import type { ApplicationService } from '@adonisjs/core/types'
import type { Notifications } from '#notifications/build_notifications'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    notifications: Notifications
  }
}

/** Builds the notifications when somebody first needs them, and winds them down with the application. */
export default class NotificationsProvider {
  #notifications: Notifications | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('notifications', async () => {
      const { startNotifications } = await import('#services/scheduler/start_notifications')
      this.#notifications = await startNotifications(this.app)
      return this.#notifications
    })
  }

  async shutdown() {
    await this.#notifications?.close()
  }
}
