import { dueFile, removeFile } from '../support/databases.js'
import { askChild } from '../support/children.js'
import type { Context, Measure, Series } from '../support/types.js'

const SMALL = 10_000
const LARGE = 1_000_000

/** Memory of one sweep in megabytes: the heap after garbage collection at ten moments, and resident memory at a hundred. */
export interface MemorySamples {
  heap: number[]
  resident: number[]
  seconds: number
}

async function measureSweep(context: Context, count: number): Promise<MemorySamples> {
  context.progress(`sweeping ${count}`)
  const file = await dueFile(context, { count })
  const args = [file, String(count), String(context.seed)]
  const samples = await askChild<MemorySamples>('./memory_child.ts', args)
  removeFile(file)
  context.progress(`swept ${count} in ${samples.seconds} s`)
  return samples
}

const megabytes = (samples: number[]): Series => ({ unit: 'MB', rounds: [samples] })

export const measure: Measure = {
  name: 'memory',
  how:
    'One sweep over 10 000 and one over a million due connections, each in a process of its own with 50 in flight, on ' +
    'SQLite, with answers that are made in the same process so that it ends in minutes. The heap is read after garbage ' +
    'collection at ten moments of each sweep, resident memory at a hundred. The peaks are compared.',
  figures: [
    {
      title: 'heap after GC of a sweep, 10 k → 1 M due',
      unit: '×',
      of: { series: 'heap, large', percentile: 100 },
      per: { series: 'heap, small', percentile: 100 },
      target: { is: 'at most', value: 1.2 },
    },
    {
      title: 'resident memory of a sweep over 1 M due, peak',
      unit: 'MB',
      of: { series: 'resident, large', percentile: 100 },
      target: { is: 'at most', value: 300 },
    },
    {
      title: 'the same over 10 k due',
      unit: 'MB',
      of: { series: 'resident, small', percentile: 100 },
      target: null,
    },
  ],
  async run(context) {
    const large = Math.round(LARGE * context.scale)
    const few = await measureSweep(context, SMALL)
    const many = await measureSweep(context, large)
    return {
      series: {
        'heap, small': megabytes(few.heap),
        'heap, large': megabytes(many.heap),
        'resident, small': megabytes(few.resident),
        'resident, large': megabytes(many.resident),
      },
      notes: [`${SMALL} due in ${few.seconds} s, ${large} due in ${many.seconds} s, one sweep each`],
    }
  },
}
