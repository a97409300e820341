import { sweepRace } from '../support/sweep_race.js'
import type { Measure } from '../support/types.js'

export const measure: Measure = {
  name: 'sweep-instant',
  how: 'As sweep-50, against an endpoint that answers at once, so that nothing but our own work is left to wait for.',
  figures: [
    {
      whyMissed:
        'Each refresh costs about a quarter of a millisecond of one core, and its commit waits for the disk; the bare client ' +
        'needs a few hundredths.',
      title: 'sweep ÷ bare undici, instant endpoint',
      unit: '×',
      of: { series: 'sweep' },
      per: { series: 'bare undici' },
      target: { is: 'at least', value: 0.2 },
    },
  ],
  run: (context) => sweepRace(context, { delay: 0, width: 50, count: 8000 }),
}
