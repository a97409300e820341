/** Sweeps a file full of due connections and tells how much memory that took. */
import { tmpdir } from 'node:os'
import type { Exchange } from '#oauth/types'
import type { MemorySamples } from '../measures/memory.js'
import { boot } from './boot.js'

const MEGABYTE = 1_048_576
const LOOKS = 100
const LOOKS_PER_COLLECTION = 10

const [file, count, seed] = process.argv.slice(2)
process.on('disconnect', () => process.exit(1))
await boot(tmpdir())
const { systemClock } = await import('#services/system_clock')
const { openSqliteDriver } = await import('#store/sqlite_driver')
const { quietReport, startBenchEngine, sweep } = await import('./engine.js')

let issued = 0

/** An answer as the real transport hands it over, without the network. */
async function answer(): Promise<Exchange> {
  issued += 1
  const tail = `${issued}-0123456789abcdefghijklmnopqrst`
  return {
    ok: true,
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: `{"access_token":"at-${tail}","refresh_token":"rt-${tail}","token_type":"bearer","expires_in":14400}`,
    receivedAt: Date.now(),
  }
}

const samples: MemorySamples = { heap: [], resident: [], seconds: 0 }
const every = Math.floor(Number(count) / LOOKS)
let settled = 0

function look(): void {
  settled += 1
  if (settled % every !== 0) return
  samples.resident.push(process.memoryUsage.rss() / MEGABYTE)
  if (samples.resident.length % LOOKS_PER_COLLECTION !== 0) return
  globalThis.gc?.()
  samples.heap.push(process.memoryUsage().heapUsed / MEGABYTE)
}

const engine = await startBenchEngine({
  driver: openSqliteDriver(file, systemClock),
  tokenEndpoint: 'http://127.0.0.1:9/token',
  seed: Number(seed),
  concurrency: 50,
  report: quietReport(look),
  transport: { send: answer, close: async () => {} },
})
const started = performance.now()
await sweep(engine, Number(count))
samples.seconds = Math.round((performance.now() - started) / 1000)
await engine.close()
process.send?.(samples, () => process.exit())
