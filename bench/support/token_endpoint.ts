/**
 * A token endpoint in a process of its own, so that its work is not counted as ours. It answers every refresh with a new
 * pair after `DELAY` milliseconds plus up to `JITTER` more. It rotates: a refresh token that comes a second time is
 * refused. Each answer carries the monotonic time at which it left; any message is answered with the counts so far: of
 * calls, of refusals, of calls within the busiest second, and the seconds from the first call to the last.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from './random.js'

const delay = Number(process.env.DELAY ?? 0)
const jitter = Number(process.env.JITTER ?? 0)
const strict = process.env.STRICT === 'true'
const random = seededRandom(Number(process.env.SEED ?? 1))
const spent = new Set<string>()
const counts = { calls: 0, refused: 0, busiest: 0, seconds: 0 }
const arrivals: number[] = []
let first = 0
let issued = 0

function answer(form: string): { status: number; body: string } {
  const token = strict ? (new URLSearchParams(form).get('refresh_token') ?? '') : ''
  if (strict && spent.has(token)) {
    counts.refused += 1
    return { status: 400, body: '{"error":"invalid_grant","error_description":"refresh token was used"}' }
  }
  if (strict) spent.add(token)
  issued += 1
  const tail = `${issued}-0123456789abcdefghijklmnopqrst`
  const pair = `"access_token":"at-${tail}","refresh_token":"rt-${tail}"`
  const rest = `"token_type":"bearer","expires_in":14400,"scope":"read write","sent_at":"${process.hrtime.bigint()}"`
  return { status: 200, body: `{${pair},${rest}}` }
}

function arrived(time: number): void {
  arrivals.push(time)
  while (arrivals[first] <= time - 1000) first += 1
  counts.calls += 1
  counts.busiest = Math.max(counts.busiest, arrivals.length - first)
  counts.seconds = (time - arrivals[0]) / 1000
}

const server = createServer((request, response) => {
  arrived(performance.now())
  let form = ''
  request.on('data', (chunk: Buffer) => {
    if (strict) form += chunk.toString()
  })
  request.on('end', () => {
    const reply = () => {
      const { status, body } = answer(form)
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    }
    const wait = delay + random() * jitter
    if (wait > 0) setTimeout(reply, wait)
    else reply()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', () => process.send?.({ ...counts }))
process.on('disconnect', () => process.exit())
