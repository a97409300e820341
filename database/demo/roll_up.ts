import { setImmediate as otherWork } from 'node:timers/promises'
import { RollUp } from '#services/figures/roll_up'
import type { StoreDriver } from '#store/driver'

/** What adds the history to the hourly figures, as the scheduler does. */
export function buildRollUp(driver: StoreDriver): RollUp {
  return new RollUp(driver, async () => void (await otherWork()))
}
