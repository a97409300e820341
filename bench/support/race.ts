import type { Context, Series } from './types.js'

/** Somebody who refreshes tokens, against whom others are compared. */
export interface Contestant {
  name: string
  /** Makes all of its work due again; not timed. */
  prepare?(): void | Promise<void>
  /** Does its work once and tells how many refreshes that were. */
  run(): Promise<number>
  close(): Promise<void>
}

/**
 * Lets contestants work side by side: one after the other within each round, in alternating order, so that a machine that
 * gets slower or warmer does not favour one of them. The first round warms up and is not kept.
 */
export async function race(
  contestants: readonly Contestant[],
  { rounds, progress }: Pick<Context, 'rounds' | 'progress'>,
  unit = 'refreshes per second'
): Promise<Record<string, Series>> {
  const series = Object.fromEntries(
    contestants.map(({ name }): [string, Series] => [name, { unit, rounds: [] }])
  )
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed()
    for (const contestant of order) {
      const rate = await timed(contestant)
      progress(`round ${round} of ${rounds}: ${contestant.name} ${rate.toFixed(0)}/s`)
      if (round > 0) series[contestant.name].rounds.push([rate])
    }
  }
  for (const contestant of contestants) await contestant.close()
  return series
}

async function timed(contestant: Contestant): Promise<number> {
  await contestant.prepare?.()
  globalThis.gc?.()
  const started = performance.now()
  const count = await contestant.run()
  return (count * 1000) / (performance.now() - started)
}
