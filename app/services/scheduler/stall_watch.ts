import type { Notifications } from '#notifications/build_notifications'
import type { Alerts } from '#services/figures/alerts'
import type { WorkerRegistry } from '#services/worker_registry'

interface StallWatchDependencies {
  workers: Pick<WorkerRegistry, 'register'>
  alerts: Pick<Alerts, 'look' | 'schedulerStands'>
  notifications: {
    dispatcher: Pick<Notifications['dispatcher'], 'tick'>
    notifier: Pick<Notifications['notifier'], 'tick'>
  }
}

/**
 * What a process without a scheduler does for the others: it says that it lives, and looks whether the schedule stands
 * still. Only then does it bring messages as well, since whoever does so otherwise is the scheduler itself.
 */
export class StallWatch {
  constructor(private readonly deps: StallWatchDependencies) {}

  async look(): Promise<void> {
    const { workers, alerts, notifications } = this.deps
    await workers.register()
    await alerts.look()
    if (!(await alerts.schedulerStands())) return
    await notifications.dispatcher.tick()
    await notifications.notifier.tick()
  }
}
