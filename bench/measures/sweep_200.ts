import { sweepRace } from '../support/sweep_race.js'
import type { Measure } from '../support/types.js'

export const measure: Measure = {
  name: 'sweep-200',
  how: 'As sweep-50, with 200 requests in flight.',
  figures: [
    {
      whyMissed:
        'Each refresh costs about a quarter of a millisecond of one core here, half of it in SQLite; at this rate endpoint, ' +
        'client and disk share two cores.',
      title: 'sweep ÷ bare undici, 50 ms, 200 in flight',
      unit: '×',
      of: { series: 'sweep' },
      per: { series: 'bare undici' },
      target: { is: 'at least', value: 0.85 },
    },
    {
      title: 'sweep ÷ batches of five, 50 ms, 200 in flight',
      unit: '×',
      of: { series: 'sweep' },
      per: { series: 'batches of five' },
      target: { is: 'at least', value: 25 },
    },
  ],
  run: (context) => sweepRace(context, { delay: 50, width: 200, count: 6000, loop: 150 }),
}
