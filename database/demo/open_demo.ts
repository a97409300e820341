import type { ApplicationService } from '@adonisjs/core/types'
import type { DemoOptions } from '#database/demo/seed_demo'
import { openDriver } from '#services/open_driver'

/** The doors of the application that the demo goes through. Whoever opens them closes the driver. */
export async function openDemo({
  container,
}: ApplicationService): Promise<Omit<DemoOptions, 'simulator' | 'receiver'>> {
  const engine = await container.make('engine')
  const notifications = await container.make('notifications')
  const people = await container.make('people')
  const driver = openDriver((await container.make('lucid.db')).connection())
  return { engine, notifications, people, driver }
}
