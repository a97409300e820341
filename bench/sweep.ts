import { Agent, request } from 'undici'
import { boot } from './support/boot.js'
import { startTokenEndpoint } from './support/start_token_endpoint.js'

const AGENT_OPTIONS = { connections: 400, pipelining: 1 }
const BODY = 'grant_type=refresh_token&refresh_token=rt-0-0123456789abcdef0123456789abcdef'
const HEADERS = {
  'content-type': 'application/x-www-form-urlencoded',
  'authorization': 'Basic YmVuY2g6YmVuY2gtc2VjcmV0',
}

/** The bare HTTP client with `width` requests in flight: as fast as this machine can ask. */
async function bare(url: string, count: number, width: number): Promise<void> {
  const dispatcher = new Agent(AGENT_OPTIONS)
  let left = count
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) {
        const { body } = await request(url, { method: 'POST', headers: HEADERS, body: BODY, dispatcher })
        await body.json()
      }
    })
  )
  await dispatcher.close()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const folder = await boot()
const { benchEngine } = await import('./support/bench_engine.js')

for (const [delay, width, count] of [
  [50, 50, 2000],
  [50, 200, 6000],
  [0, 50, 5000],
]) {
  const endpoint = await startTokenEndpoint(delay)
  const ours = await benchEngine(folder, endpoint.url, count, width)
  const samples: [number, number][] = []
  for (let round = 0; round < 6; round++) {
    ours.rewind()
    const theirs = await timed(() => bare(endpoint.url, count, width))
    let summary
    const mine = await timed(async () => {
      summary = await ours.engine.refresh.refreshDue()
    })
    if ((summary as any).refreshed !== count) console.log(summary)
    if (round > 0) samples.push([theirs, mine])
  }
  console.log(
    `delay ${delay} width ${width}: ours/bare throughput ${samples.map(([a, b]) => (a / b).toFixed(3)).join(' ')} median ${median(samples.map(([a, b]) => a / b)).toFixed(3)}; ours ${((median(samples.map((s) => s[1])) / count) * 1000).toFixed(0)} µs each, bare ${((median(samples.map((s) => s[0])) / count) * 1000).toFixed(0)}`
  )
  await ours.close()
  endpoint.close()
}
