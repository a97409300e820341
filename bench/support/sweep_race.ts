import { bareClient } from './bare_client.js'
import { batchLoop } from './batch_loop.js'
import { startEndpoint } from './provider.js'
import { race } from './race.js'
import { sweepContestant } from './sweep_contestant.js'
import type { Context, Samples } from './types.js'

export interface SweepRace {
  /** Milliseconds that the provider takes. */
  delay: number
  /** Requests in flight. */
  width: number
  count: number
  /** How many the batch loop refreshes; it takes no part where it is left out. */
  loop?: number
}

/** Our sweep, the bare HTTP client and the batch loop against one token endpoint. */
export async function sweepRace(context: Context, { delay, width, ...sizes }: SweepRace): Promise<Samples> {
  const { seed, scale } = context
  const scaled = (size: number) => Math.max(width, Math.round(size * scale))
  const count = scaled(sizes.count)
  const endpoint = await startEndpoint({ delay, seed })
  const contestants = [
    bareClient(endpoint.url, count, width),
    await sweepContestant(context, endpoint.url, count, width),
  ]
  const notes = [`${count} refreshes per round with ${width} in flight`]
  if (sizes.loop) {
    const loop = Math.max(5, Math.round(sizes.loop * scale))
    contestants.push(await batchLoop(context, endpoint.url, loop))
    notes.push(`${loop} refreshes per round in the loop, which is given time for no more`)
  }
  const series = await race(contestants, context)
  endpoint.close()
  return { series, notes }
}
