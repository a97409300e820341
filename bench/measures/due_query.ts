import { uuid } from '#models/uuid'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { all, type StoreDriver } from '#store/driver'
import { claimDue, dueValues } from '#token_refresh/store_sql'
import { dueFile, removeFile } from '../support/databases.js'
import { PROVIDER } from '../support/rows.js'
import type { Context, Measure, Series } from '../support/types.js'

const SMALL = 10_000
const LARGE = 1_000_000
const WANTED = 50
const TIMES = 100
const LEASE = 60_000

/** Undoes a claim after it was timed. */
class Undo extends Error {}

/** Milliseconds of one claim of what is due, by the store's own statement on its own driver; rolled back afterwards. */
async function timeClaim(driver: StoreDriver, worker: string): Promise<number> {
  let taken = 0
  const claim = function* () {
    const at = Date.now()
    const values = dueValues({
      ...{ provider: PROVIDER, now: at, void: at + LEASE, leaseUntil: at + LEASE, worker },
      ...{ urgent: WANTED, limit: WANTED },
    })
    const started = performance.now()
    const rows = yield* all(claimDue('sqlite'), values)
    taken = performance.now() - started
    if (rows.length !== WANTED) throw new Error(`claimed ${rows.length} of ${WANTED}`)
    throw new Undo()
  }
  await driver.transaction(claim).catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error
  })
  return taken
}

async function timeClaims(driver: StoreDriver): Promise<number[]> {
  const worker = uuid()
  const samples: number[] = []
  for (let index = 0; index < TIMES; index++) samples.push(await timeClaim(driver, worker))
  return samples
}

async function compare(context: Context, small: StoreDriver, large: StoreDriver) {
  const series: Record<string, Series> = {
    small: { unit: 'ms', rounds: [] },
    large: { unit: 'ms', rounds: [] },
  }
  const sizes: [string, StoreDriver][] = [
    ['small', small],
    ['large', large],
  ]
  for (let round = 0; round <= context.rounds; round++) {
    for (const [name, driver] of round % 2 === 0 ? sizes : sizes.toReversed()) {
      const samples = await timeClaims(driver)
      if (round > 0) series[name].rounds.push(samples)
    }
    context.progress(`round ${round} of ${context.rounds}`)
  }
  return series
}

export const measure: Measure = {
  name: 'due-query',
  how:
    `The statement by which a sweep finds and claims ${WANTED} due connections, on its own driver, in a table of ` +
    '10 000 rows and in one of a million, all of them due; each claim is rolled back. Medians of 100 claims per round.',
  figures: [
    {
      title: 'due query and claim of 50, 10 k → 1 M rows',
      unit: '×',
      of: { series: 'large' },
      per: { series: 'small' },
      target: { is: 'at most', value: 1.5 },
    },
    {
      title: 'due query and claim of 50 in 1 M rows, p50',
      unit: 'ms',
      of: { series: 'large' },
      target: { is: 'below', value: 2 },
    },
    { title: 'the same, p99', unit: 'ms', of: { series: 'large', percentile: 99 }, target: null },
  ],
  async run(context) {
    const counts = [SMALL, Math.round(LARGE * context.scale)]
    context.progress(`seeding ${counts[1]} rows`)
    const files = [await dueFile(context, { count: counts[0] }), await dueFile(context, { count: counts[1] })]
    const [small, large] = files.map((file) => openSqliteDriver(file, systemClock))
    const series = await compare(context, small, large)
    for (const driver of [small, large]) await driver.close()
    files.forEach(removeFile)
    return { series, notes: [`${counts[0]} and ${counts[1]} rows`] }
  },
}
