import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { openPostgresDriver } from '#store/postgres_driver'
import { nextMessage, startChild } from '../support/children.js'
import { postgresDatabase, type PostgresDatabase } from '../support/databases.js'
import { startEndpoint } from '../support/provider.js'
import { race, type Contestant } from '../support/race.js'
import { seedConnections } from '../support/rows.js'
import type { Context, Measure, Samples } from '../support/types.js'

const COUNT = 4_000
const WIDTH = 50

async function startWorkers(url: string, endpoint: string, seed: number): Promise<ChildProcess[]> {
  const args = [url, endpoint, String(seed), String(WIDTH)]
  const workers = [startChild('./postgres_worker.ts', args), startChild('./postgres_worker.ts', args)]
  await Promise.all(workers.map((worker) => nextMessage(worker)))
  return workers
}

/** Some of the workers sweep the same table until nothing is due. */
function team(name: string, workers: ChildProcess[], database: PostgresDatabase, count: number): Contestant {
  return {
    name,
    async prepare() {
      await database.query("UPDATE connections SET next_refresh_at = next_refresh_at - interval '1 day'")
      await database.query('TRUNCATE refresh_attempts')
      await database.query('VACUUM ANALYZE connections')
    },
    async run() {
      const answers = workers.map((worker) => nextMessage<number>(worker))
      for (const worker of workers) worker.send('sweep')
      const counts = await Promise.all(answers)
      const total = counts.reduce((sum, refreshed) => sum + refreshed, 0)
      if (total !== count) throw new Error(`${name} refreshed ${counts.join(' + ')} of ${count}`)
      return total
    },
    close: async () => {},
  }
}

async function compare(context: Context, database: PostgresDatabase): Promise<Samples> {
  const { seed, scale } = context
  const count = Math.round(COUNT * scale)
  const driver = openPostgresDriver(database.url)
  await seedConnections(driver, { count, seed })
  await driver.close()
  const endpoint = await startEndpoint({ delay: 50, seed })
  const workers = await startWorkers(database.url, endpoint.url, seed)
  const teams = [
    team('one process', workers.slice(0, 1), database, count),
    team('two processes', workers, database, count),
  ]
  const series = await race(teams, context)
  const gone = workers.map((worker) => once(worker, 'exit'))
  for (const worker of workers) worker.disconnect()
  await Promise.all(gone)
  endpoint.close()
  return { series, notes: [`${count} refreshes per round with ${WIDTH} in flight in each process`] }
}

export const measure: Measure = {
  name: 'two-processes',
  how:
    'One and two worker processes sweep the same table on PostgreSQL against an endpoint that answers after 50 ms, until ' +
    'nothing is due; endpoint, database and workers share the machine.',
  figures: [
    {
      title: 'two processes ÷ one on PostgreSQL, 50 ms',
      unit: '×',
      of: { series: 'two processes' },
      per: { series: 'one process' },
      target: { is: 'at least', value: 1.8 },
    },
    { title: 'the two together', unit: '/s', of: { series: 'two processes' }, target: null },
  ],
  async run(context) {
    const database = await postgresDatabase()
    if (!database) {
      return {
        series: {},
        notes: ['not measured: BENCH_DATABASE_URL and TEST_DATABASE_URL name no PostgreSQL'],
      }
    }
    try {
      return await compare(context, database)
    } finally {
      await database.drop()
    }
  },
}
