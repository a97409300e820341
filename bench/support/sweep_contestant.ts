import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { dueFile, removeFile, rewindFile } from './databases.js'
import { startBenchEngine, sweep } from './engine.js'
import type { Contestant } from './race.js'
import type { Context } from './types.js'

/** Our sweep on a SQLite file of its own, with full durability. */
export async function sweepContestant(
  context: Context,
  url: string,
  count: number,
  width: number
): Promise<Contestant> {
  const file = await dueFile(context, { count })
  const engine = await startBenchEngine({
    driver: openSqliteDriver(file, systemClock),
    tokenEndpoint: url,
    seed: context.seed,
    concurrency: width,
  })
  return {
    name: 'sweep',
    prepare: () => rewindFile(file),
    async run() {
      await sweep(engine, count)
      return count
    },
    async close() {
      await engine.close()
      removeFile(file)
    },
  }
}
