import type { DemoScript } from '#database/demo/demo_script'
import type { Vendors } from '#database/demo/vendors'
import type { Notifications } from '#notifications/build_notifications'
import type { Random } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import type { People } from '#services/people/build_people'
import type { StoreDriver } from '#store/driver'

/** What the parts of the demo work with. */
export interface Stage {
  engine: Engine
  notifications: Notifications
  people: People
  driver: StoreDriver
  vendors: Vendors
  script: DemoScript
  random: Random
  /** When the demo begins, in milliseconds since the epoch. */
  now: number
}
