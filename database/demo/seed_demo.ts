import { connectAccounts } from '#database/demo/accounts'
import { writeAttempts } from '#database/demo/attempts'
import { makeCampaigns } from '#database/demo/campaigns'
import { castAccounts } from '#database/demo/cast'
import { makePeople, type DemoPerson } from '#database/demo/cast_people'
import { readScript } from '#database/demo/demo_script'
import { grantAgain } from '#database/demo/grant_again'
import { leadWebhooks, tellNews } from '#database/demo/news'
import { seededRandom } from '#database/demo/random'
import { runByHand, writeRuns } from '#database/demo/runs'
import type { Stage } from '#database/demo/stage'
import { DAY } from '#database/demo/times'
import { writeTrail } from '#database/demo/trail'
import { Vendors } from '#database/demo/vendors'
import { buildRollUp } from '#database/demo/roll_up'
import { randomPassword } from '#services/user_service'

export interface DemoOptions extends Pick<Stage, 'engine' | 'notifications' | 'people' | 'driver'> {
  /** Where the simulated vendors are. */
  simulator: string
  /** Where the webhook of the organization leads. */
  receiver: string
}

export interface SeededDemo {
  connections: number
  attempts: number
  password: string
  staff: DemoPerson[]
}

export type DemoAnswer =
  { type: 'seeded'; demo: SeededDemo } | { type: 'refused'; reason: 'in_use' | 'not_sqlite' }

const SEED = 20_261_121
const SINCE = 180 * DAY

/**
 * Fills an empty SQLite database with organizations, people, accounts in every condition and a history. Names, numbers and
 * conditions are the same each time; tokens, ids and the password are not. Tokens come from the simulated vendors.
 */
export async function seedDemo(options: DemoOptions): Promise<DemoAnswer> {
  const { driver, engine } = options
  if (driver.dialect !== 'sqlite') return { type: 'refused', reason: 'not_sqlite' }
  const [used] = await driver.read('SELECT id FROM users UNION ALL SELECT id FROM connections LIMIT 1', [])
  if (used) return { type: 'refused', reason: 'in_use' }
  const stage = await stageFor(options)
  const { now, script } = stage
  const password = randomPassword()
  const { organizations, staff } = await makePeople(stage, { password, since: now - SINCE })
  const [main] = organizations
  const cast = organizations.map((_, place) => castAccounts(script, place, stage.random))
  const connected = []
  for (const [place, id] of organizations.entries())
    connected.push(await connectAccounts(stage, id, cast[place]))
  const attempts = await writeAttempts(stage, connected.flat())
  // The second organization is there to be switched to; a few days of it are enough.
  for (const [place, organizationId] of organizations.entries())
    await writeRuns(stage, { organizationId, accounts: connected[place], days: place === 0 ? 30 : 2 })
  await buildRollUp(driver).run()
  await writeTrail(stage, main, staff, connected[0])
  await tellNews(stage, { organizationId: main, admin: staff[0], receiver: options.receiver }, connected[0])
  await makeCampaigns(stage, main, staff, connected[0])
  await runByHand(stage, main, staff[1].name)
  await engine.installation.seen()
  return { type: 'seeded', demo: { connections: connected[0].length, attempts, password, staff } }
}

/**
 * For a demo that goes on: the vendors remember nothing of it, and its webhook leads elsewhere. Returns how many grants
 * were given anew.
 */
export async function resumeDemo(options: DemoOptions): Promise<number> {
  const stage = await stageFor(options)
  await leadWebhooks(stage, options.receiver)
  return grantAgain(stage)
}

async function stageFor({ simulator, ...doors }: DemoOptions): Promise<Stage> {
  const vendors = await Vendors.meet(simulator)
  const random = seededRandom(SEED)
  return { ...doors, vendors, random, script: readScript(), now: doors.engine.clock.now() }
}
