import { Agent, request } from 'undici'
import type { Contestant } from './race.js'

/** As many connections as anybody here has requests in flight. */
export const AGENT_OPTIONS = { connections: 400, pipelining: 1, keepAliveTimeout: 4_000 }

export const HEADERS = {
  'content-type': 'application/x-www-form-urlencoded',
  'authorization': `Basic ${Buffer.from('bench:bench-secret').toString('base64')}`,
}

const BODY = `grant_type=refresh_token&refresh_token=rt-0-${'0123456789abcdef'.repeat(2)}`

/** The HTTP client alone with `width` requests in flight, keeping nothing: as fast as this machine can ask. */
export function bareClient(url: string, count: number, width: number): Contestant {
  const dispatcher = new Agent(AGENT_OPTIONS)
  return {
    name: 'bare undici',
    async run() {
      let left = count
      const worker = async () => {
        while (left-- > 0) {
          const { body } = await request(url, { method: 'POST', headers: HEADERS, body: BODY, dispatcher })
          await body.json()
        }
      }
      await Promise.all(Array.from({ length: width }, worker))
      return count
    },
    close: () => dispatcher.close(),
  }
}
