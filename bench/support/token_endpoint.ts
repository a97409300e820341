/**
 * A token endpoint in a process of its own, so that its work is not counted as ours. It answers every refresh with a new
 * pair after `DELAY` milliseconds, plus up to `JITTER` more.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const delay = Number(process.env.DELAY ?? 0)
const jitter = Number(process.env.JITTER ?? 0)
let issued = 0

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const answer = () => {
      issued += 1
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        `{"access_token":"at-${issued}-0123456789abcdefghijklmnopqrst","refresh_token":"rt-${issued}-0123456789abcdefghijklmnopqrst","token_type":"bearer","expires_in":14400,"scope":"read write"}`
      )
    }
    const wait = delay + Math.random() * jitter
    if (wait > 0) setTimeout(answer, wait)
    else answer()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
