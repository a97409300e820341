import { sweepRace } from '../support/sweep_race.js'
import type { Measure } from '../support/types.js'

export const measure: Measure = {
  name: 'sweep-50',
  how:
    'A token endpoint in another process answers each refresh after 50 ms. The sweep claims, asks, seals, settles and ' +
    'commits on SQLite with full durability; bare undici only asks, with as many requests in flight; the loop loads all ' +
    'rows, refreshes five at a time under Promise.all and saves each by an update of its own.',
  figures: [
    {
      title: 'sweep ÷ bare undici, 50 ms, 50 in flight',
      unit: '×',
      of: { series: 'sweep' },
      per: { series: 'bare undici' },
      target: { is: 'at least', value: 0.9 },
    },
    {
      title: 'sweep ÷ batches of five, 50 ms, 50 in flight',
      unit: '×',
      of: { series: 'sweep' },
      per: { series: 'batches of five' },
      target: { is: 'at least', value: 9 },
    },
  ],
  run: (context) => sweepRace(context, { delay: 50, width: 50, count: 2000, loop: 150 }),
}
