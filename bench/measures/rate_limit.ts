import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { startEndpoint, type Endpoint } from '../support/provider.js'
import { benchKeys, PROVIDER, seedConnections } from '../support/rows.js'
import { startWebServer, type WebServer } from '../support/web_server.js'
import type { Context, Measure, Samples } from '../support/types.js'

const DUE = 20_000
const PER_SECOND = 100
const LOOK_EVERY = 250

/** The web process with its scheduler on, before a provider that admits a hundred requests a second. */
function start(context: Context, endpoint: Endpoint, count: number): Promise<WebServer> {
  const { seed, folder } = context
  const providers = join(folder, 'limited.json')
  const addresses = { token_endpoint: endpoint.url, authorization_endpoint: endpoint.url }
  const client = { client_id: 'bench', client_secret: 'bench-secret' }
  const entry = { ...addresses, ...client, reuse: 'strict', rate_limit: { per_second: PER_SECOND } }
  writeFileSync(providers, JSON.stringify({ [PROVIDER]: entry }))
  const fill = async (file: string, organization: string) => {
    const driver = openSqliteDriver(file, systemClock)
    await seedConnections(driver, { count, seed, organization })
    await driver.close()
  }
  return startWebServer(context, fill, {
    SCHEDULER_ENABLED: 'true',
    ALLOW_PRIVATE_PROVIDERS: 'true',
    PROVIDERS_FILE: providers,
    ENCRYPTION_KEYS: benchKeys(seed),
  })
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

async function timed(server: WebServer): Promise<number> {
  const started = performance.now()
  await server.get('/accounts')
  return performance.now() - started
}

/** Looks at the accounts page until everything was sent. */
async function watch(context: Context, server: WebServer, endpoint: Endpoint, count: number) {
  const pages: number[] = []
  const memory: number[] = []
  for (;;) {
    const { calls } = await endpoint.counts()
    if (calls >= count) return { pages, memory }
    pages.push(await timed(server))
    memory.push(residentMegabytes(server.pid))
    if (pages.length % 40 === 0) context.progress(`${calls} of ${count}`)
    await sleep(LOOK_EVERY)
  }
}

async function measureLimit(context: Context): Promise<Samples> {
  const count = Math.round(DUE * context.scale)
  const endpoint = await startEndpoint({ delay: 50, strict: true, seed: context.seed })
  const server = await start(context, endpoint, count)
  try {
    const { pages, memory } = await watch(context, server, endpoint, count)
    await sleep(2_000)
    const { calls, refused, busiest, seconds } = await endpoint.counts()
    const one = (unit: string, ...values: number[]) => ({ unit, rounds: [values] })
    return {
      series: {
        'busiest second': one('requests', busiest),
        'presented twice': one('tokens', refused + calls - count),
        'time': one('s', seconds),
        'ideal': one('s', count / PER_SECOND),
        'page': one('ms', ...pages),
        'resident': one('MB', ...memory),
      },
      notes: [
        `${count} due, ${calls} requests in ${Math.round(seconds)} s; the page was asked for ${pages.length} times`,
      ],
    }
  } finally {
    await server.stop()
    endpoint.close()
  }
}

export const measure: Measure = {
  name: 'rate-limit',
  how:
    'The web process with its scheduler on SQLite finds 20 000 connections due at a provider that admits 100 requests a ' +
    'second, refuses a token that comes twice, and counts what arrives in any second. Meanwhile the accounts page is ' +
    'asked for four times a second. One run, since it takes minutes.',
  figures: [
    {
      title: '20 000 due, 100 a second: requests in the busiest second',
      unit: '',
      of: { series: 'busiest second' },
      target: { is: 'at most', value: 100 },
    },
    {
      title: '20 000 due, 100 a second: tokens presented twice',
      unit: '',
      of: { series: 'presented twice' },
      target: { is: 'exactly', value: 0 },
    },
    {
      title: '20 000 due, 100 a second: time ÷ ideal',
      unit: '×',
      of: { series: 'time' },
      per: { series: 'ideal' },
      target: { is: 'at most', value: 1.2 },
    },
    {
      title: 'accounts page meanwhile, p99',
      unit: 'ms',
      of: { series: 'page', percentile: 99 },
      target: { is: 'below', value: 500 },
    },
    {
      whyMissed:
        'The web process is started from its TypeScript sources, so that the compiler and all of the application are in ' +
        'memory; the sweep by itself stands under memory.',
      title: 'resident memory of the web process meanwhile, peak',
      unit: 'MB',
      of: { series: 'resident', percentile: 100 },
      target: { is: 'at most', value: 300 },
    },
  ],
  run: measureLimit,
}
