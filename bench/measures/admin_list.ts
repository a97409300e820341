import { setTimeout as sleep } from 'node:timers/promises'
import { seedConnections } from '../support/rows.js'
import { startWebServer, type WebServer } from '../support/web_server.js'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { encodePlace } from '#services/account_place'
import { NEWEST_FIRST } from '#services/account_sort'
import type { Context, Measure, Samples, Series } from '../support/types.js'

const ACCOUNTS = 100_000
const REQUESTS = 20
/** The figures above the list are remembered for fifty times what they cost, so waiting a little longer has them counted anew. */
const FORGETTING = 60
const LONGEST_WAIT = 10_000

async function timed(server: WebServer, path: string): Promise<number> {
  const started = performance.now()
  const page = await server.get(path)
  const taken = performance.now() - started
  if (!page.includes('owner-') && !page.includes('account-')) throw new Error(`${path} shows no accounts`)
  return taken
}

async function measurePages(context: Context, server: WebServer, deep: string): Promise<Samples> {
  const pages: [string, string][] = [
    ['first page', '/accounts'],
    ['deep page', `/accounts?cursor=${deep}`],
  ]
  const names = [...pages.map(([name]) => name), 'counted anew']
  const series = Object.fromEntries(names.map((name): [string, Series] => [name, { unit: 'ms', rounds: [] }]))
  let counted = await timed(server, '/accounts')
  for (let round = 0; round <= context.rounds; round++) {
    if (round > 0) {
      await sleep(Math.min(counted * FORGETTING, LONGEST_WAIT))
      counted = await timed(server, '/accounts')
      series['counted anew'].rounds.push([counted])
    }
    for (const [name, path] of round % 2 === 0 ? pages : pages.toReversed()) {
      const samples: number[] = []
      for (let index = 0; index < REQUESTS; index++) samples.push(await timed(server, path))
      if (round > 0) series[name].rounds.push(samples)
    }
    context.progress(`round ${round} of ${context.rounds}`)
  }
  return { series, notes: [] }
}

/** The cursor of a page in the middle of the list, which is sorted by the time of creation. */
async function middleOf(file: string): Promise<string> {
  const driver = openSqliteDriver(file, systemClock)
  const sql =
    'SELECT id, created_at FROM connections ORDER BY created_at LIMIT 1 OFFSET (SELECT count(*) / 2 FROM connections)'
  const [row] = await driver.read(sql, [])
  await driver.close()
  return encodePlace(
    { direction: 'next', key: row.created_at as number, tie: row.id as string },
    NEWEST_FIRST
  )
}

export const measure: Measure = {
  name: 'admin-list',
  how:
    'The web process on a SQLite database with 100 000 accounts in one organization, asked over loopback by a person who ' +
    'is signed in: session, list, figures and page as anybody gets them. Medians of 20 requests per round; "counted ' +
    'anew" is a single request after the remembered figures have lapsed.',
  figures: [
    {
      title: 'admin list of 100 k, first page',
      unit: 'ms',
      of: { series: 'first page' },
      target: { is: 'below', value: 100 },
    },
    {
      title: 'admin list of 100 k, a page in the middle',
      unit: 'ms',
      of: { series: 'deep page' },
      target: { is: 'below', value: 100 },
    },
    {
      title: 'admin list of 100 k, figures counted anew',
      unit: 'ms',
      of: { series: 'counted anew' },
      target: null,
    },
  ],
  async run(context) {
    const count = Math.round(ACCOUNTS * context.scale)
    const server = await startWebServer(context, async (file, organization) => {
      const driver = openSqliteDriver(file, systemClock)
      await seedConnections(driver, { count, seed: context.seed, organization, provider: 'oauth2' })
      await driver.close()
    })
    try {
      const samples = await measurePages(context, server, await middleOf(server.file))
      return { ...samples, notes: [`${count} accounts`] }
    } finally {
      await server.stop()
    }
  },
}
