import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { percentile } from '../support/results.js'
import { liveIn } from '../support/lived_in.js'
import { startWebServer, type WebServer } from '../support/web_server.js'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { encodePlace } from '#services/account_place'
import { NEWEST_FIRST } from '#services/account_sort'
import type { Context, Figure, Measure, Samples, Series, Target } from '../support/types.js'

const ACCOUNTS = 100_000
const REQUESTS = 20
/** Of each order and each search, of which there are many. */
const FEW = 5
const ORDERS = ['name', 'provider', 'status', 'expires', 'deadline', 'last', 'next'].flatMap((order) =>
  ['', '-'].map((sign) => `/accounts?sort=${sign}${order}`)
)
const SEARCHES = [
  ...['provider:google', 'status:reconnect', 'expires:<1h', 'grant:<14d', 'tag:group-7', 'owner:owner-77'],
  ...['error:invalid_grant', 'scope:chat:read', 'person_77'],
].map((text) => `/accounts?q=${encodeURIComponent(text)}`)
/** The figures above the list are remembered for fifty times what they cost, so waiting a little longer has them counted anew. */
const FORGETTING = 60
const LONGEST_WAIT = 30_000
const ROW = /id="account-[0-9a-f-]{36}"/

/** What pages took: by the clock, and of the server's processor time. */
interface Taken {
  clock: number[]
  processor: number[]
}

async function timed(server: WebServer, path: string): Promise<{ clock: number; processor: number }> {
  const [started, busy] = [performance.now(), server.processorTime()]
  const page = await server.get(path)
  const taken = { clock: performance.now() - started, processor: server.processorTime() - busy }
  if (!ROW.test(page)) throw new Error(`${path} shows no accounts`)
  return taken
}

async function several(server: WebServer, path: string, count: number): Promise<Taken> {
  const taken: Taken = { clock: [], processor: [] }
  for (let index = 0; index < count; index++) {
    const { clock, processor } = await timed(server, path)
    taken.clock.push(clock)
    taken.processor.push(processor)
  }
  return taken
}

/** The medians of a few requests for each of these pages: one of them now and then has the figures above it counted anew. */
async function fewOfEach(server: WebServer, paths: readonly string[]): Promise<Taken> {
  const taken: Taken = { clock: [], processor: [] }
  for (const path of paths) {
    const { clock, processor } = await several(server, path, FEW)
    taken.clock.push(percentile(clock, 50))
    taken.processor.push(percentile(processor, 50))
  }
  return taken
}

/** Waits until the remembered figures have lapsed, and times the request that counts them anew. */
async function countedAnew(server: WebServer, before: number): Promise<number> {
  await sleep(Math.min(before * FORGETTING, LONGEST_WAIT))
  return (await timed(server, '/accounts')).clock
}

async function measurePages(context: Context, server: WebServer, deep: string): Promise<Samples> {
  const series: Record<string, Series> = {}
  const keep = (name: string, samples: number[], unit = 'ms') =>
    (series[name] ??= { unit, rounds: [] }).rounds.push(samples)
  const pages: [string, () => Promise<Taken>][] = [
    ['first page', () => several(server, '/accounts', REQUESTS)],
    ['deep page', () => several(server, `/accounts?cursor=${deep}`, REQUESTS)],
    ['other orders', () => fewOfEach(server, ORDERS)],
  ]
  if (!context.onlyTargets) pages.push(['searches', () => fewOfEach(server, SEARCHES)])
  let counted = (await timed(server, '/accounts')).clock
  await several(server, '/accounts', REQUESTS)
  for (let round = 1; round <= context.rounds; round++) {
    if (!context.onlyTargets) keep('counted anew', [(counted = await countedAnew(server, counted))])
    for (const [name, measurePage] of round % 2 === 0 ? pages : pages.toReversed()) {
      const { clock, processor } = await measurePage()
      keep(name, clock)
      keep(`${name}, processor`, processor)
    }
    context.progress(`round ${round} of ${context.rounds}`)
  }
  keep('weight', [gzipSync(await server.get('/accounts')).length / 1000], 'kB')
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

const below = (value: number) => ({ is: 'below', value }) as const

/** The time of a page by the clock, and on the processor: SQLite is within the process, so that this is all its work. */
function figuresOf(title: string, series: string, target: Target | null): Figure[] {
  const name = `admin list of 100 k, ${title}`
  const of = { series, percentile: series.includes('page') ? 50 : 100 }
  return [
    { title: name, unit: 'ms', of, target },
    {
      ...{ title: `${name}: processor time`, unit: 'ms', steady: true, target },
      of: { ...of, series: `${series}, processor` },
    },
  ]
}

export const measure: Measure = {
  name: 'admin-list',
  how:
    'The web process on a SQLite database with 100 000 accounts of three providers in one organization, with names, tags, ' +
    'owners and thirty refreshes each, asked over loopback by a person who is signed in: session, list, figures and page as ' +
    'anybody gets them. Medians of 20 requests per round, of 5 for the slowest of seven other orders, either way round, and ' +
    'the slowest of nine searches; "counted anew" is a single request after the remembered figures have lapsed.',
  figures: [
    ...figuresOf('first page', 'first page', below(100)),
    ...figuresOf('a page in the middle', 'deep page', below(100)),
    ...figuresOf('the slowest other order', 'other orders', below(100)),
    ...figuresOf('the slowest search', 'searches', null),
    {
      title: 'admin list of 100 k, figures counted anew',
      ...{ unit: 'ms', of: { series: 'counted anew' }, target: null },
    },
    {
      title: 'admin list of 100 k, compressed HTML',
      ...{ unit: 'kB', of: { series: 'weight' }, target: below(60), steady: true },
    },
  ],
  async run(context) {
    const count = Math.round(ACCOUNTS * context.scale)
    const server = await startWebServer(context, async (file, organization) =>
      liveIn(file, { organization, count })
    )
    context.progress(`${count} accounts are there`)
    try {
      const samples = await measurePages(context, server, await middleOf(server.file))
      return { ...samples, notes: [`${count} accounts with 30 refreshes each`] }
    } finally {
      await server.stop()
    }
  },
}
