import Database from 'better-sqlite3'
import { ApiKeyService } from '#services/api_keys/api_key_service'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { nextMessage, startChild } from '../support/children.js'
import { load, type Target } from '../support/load.js'
import { race, type Contestant } from '../support/race.js'
import { benchKeys, seedConnections } from '../support/rows.js'
import { startWebServer, type WebServer } from '../support/web_server.js'
import type { Context, Measure, Series } from '../support/types.js'

const OWNERS = 1_000
const CONNECTIONS = 16
const REQUESTS = 20_000
const HOUR = 3_600_000
/** One in so many latencies is kept. */
const KEPT = 20
const OURS = 'Evergrant'
const BARE = 'bare route'
const APP = 'bare application'
const PROVIDER = 'oauth2'
/** Nobody reaches it here, and each request is still counted. */
const RATE_LIMIT = '1000000000'

/** The web process on a database with tokens that are valid for an hour, and a key that may read them. */
async function startOurs(context: Context): Promise<{ server: WebServer; target: Target }> {
  const { seed } = context
  let key = ''
  const fill = async (file: string, organization: string) => {
    const driver = openSqliteDriver(file, systemClock)
    await seedConnections(driver, { count: OWNERS, seed, organization, provider: PROVIDER })
    const changes = { mark: () => null, onChange() {} }
    const keys = new ApiKeyService({ driver, clock: systemClock, changes, onTrouble: () => {} })
    const wanted = { organizationId: organization, name: 'Bench', lifetime: null, createdBy: null }
    key = (await keys.create({ ...wanted, abilities: ['tokens:read'] })).key.reveal()
    await keys.close()
    makeValid(file)
  }
  const settings = { ENCRYPTION_KEYS: benchKeys(seed), API_RATE_LIMIT: RATE_LIMIT }
  const server = await startWebServer(context, fill, settings)
  const requests = Array.from({ length: OWNERS }, (_, index) => {
    const owner = `owner-${String(index).padStart(7, '0')}`
    return request(`/api/v1/token?provider=${PROVIDER}&owner=${owner}`, `Authorization: Bearer ${key}\r\n`)
  })
  return { server, target: { port: Number(new URL(server.url).port), requests } }
}

function makeValid(file: string): void {
  const db = new Database(file)
  const now = Date.now()
  const sql = 'UPDATE connections SET token_expires_at = ?, last_token_refresh_at = ?, next_refresh_at = NULL'
  db.prepare(sql).run(now + HOUR, now)
  db.close()
}

function request(path: string, headers = ''): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n${headers}\r\n`)
}

/** Asks for a number of answers in each round, and keeps what single answers took. */
function contestant(name: string, target: Target, count: number) {
  const rounds: number[][] = []
  const asking: Contestant = {
    name,
    async run() {
      const taken = await load(target, { count, connections: CONNECTIONS })
      rounds.push(taken.filter((_, index) => index % KEPT === 0))
      return taken.length
    },
    close: async () => {},
  }
  // The first round warms up, as the race has it.
  const latency = (): Series => ({ unit: 'ms', rounds: rounds.slice(1) })
  return { asking, latency }
}

const perSecond = (series: string) => ({ of: { series }, unit: '/s', target: null })
const latency = (series: string, percentile: number) => ({
  of: { series: `${series}, latency`, percentile },
  unit: 'ms',
  target: null,
})

export const measure: Measure = {
  name: 'api-token',
  how:
    `GET /token by owner and provider for ${OWNERS} connections with valid tokens, over ${CONNECTIONS} connections that ` +
    'each ask for one answer at a time: the key is checked, its request and the token it takes are counted, its ability is ' +
    'checked, the token taken from the encrypted cache. Beside it two routes that return a constant, each in a process of ' +
    'its own: one of the HTTP server of AdonisJS by itself, without middleware and request ids, and one of an application ' +
    'as the slim starter kit makes it, with request ids, the bindings of the container and the body parser. The requests ' +
    'come from a further process.',
  figures: [
    {
      title: 'valid token by the API ÷ route of a bare AdonisJS application',
      unit: '×',
      of: { series: OURS },
      per: { series: APP },
      target: { is: 'at least', value: 0.5 },
    },
    {
      title: 'the same ÷ route of the HTTP server by itself',
      unit: '×',
      of: { series: OURS },
      per: { series: BARE },
      target: null,
    },
    { title: 'valid token by the API', ...perSecond(OURS) },
    { title: 'valid token by the API, p50', ...latency(OURS, 50) },
    { title: 'valid token by the API, p99', ...latency(OURS, 99) },
    { title: 'bare application', ...perSecond(APP) },
    { title: 'bare application, p50', ...latency(APP, 50) },
    { title: 'bare application, p99', ...latency(APP, 99) },
    { title: 'bare route', ...perSecond(BARE) },
    { title: 'bare route, p50', ...latency(BARE, 50) },
    { title: 'bare route, p99', ...latency(BARE, 99) },
  ],
  async run(context) {
    const count = Math.max(1_000, Math.round(REQUESTS * context.scale))
    const { server, target } = await startOurs(context)
    const children = ['./bare_route.ts', './bare_app.ts'].map((file) =>
      startChild(file, [], { NODE_ENV: 'production' })
    )
    try {
      const [bare, app] = await Promise.all(children.map((child) => nextMessage<number>(child)))
      const constant = (port: number) => ({ port, requests: [request('/constant')] })
      const contestants = [
        contestant(OURS, target, count),
        contestant(BARE, constant(bare), count),
        contestant(APP, constant(app), count),
      ]
      const asking = contestants.map((one) => one.asking)
      const series = await race(asking, context, 'requests per second')
      for (const one of contestants) series[`${one.asking.name}, latency`] = one.latency()
      return { series, notes: [`${count} requests in each round`, 'only errors are logged'] }
    } finally {
      for (const child of children) child.disconnect()
      await server.stop()
    }
  },
}
