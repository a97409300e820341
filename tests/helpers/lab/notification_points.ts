import type { Statement, StoreDriver, Work } from '#store/driver'

/**
 * The transactions between an answer of a provider and the end of a delivery, by a statement of each. A process can die
 * before the commit and after it.
 */
const TRANSACTIONS = [
  { statement: /INSERT INTO events/, before: 'settling', after: 'settled' },
  { statement: /UPDATE events\s+SET dispatched_at/, before: 'dispatching', after: 'dispatched' },
  { statement: /UPDATE deliveries SET claim_id/, before: 'claiming', after: 'claimed' },
  { statement: /UPDATE deliveries SET message/, before: 'freezing', after: 'frozen' },
  { statement: /INSERT INTO delivery_attempts/, before: 'recording', after: 'recorded' },
] as const

/** Moments within a worker that nobody outside can see. */
export type NotifierPoint = (typeof TRANSACTIONS)[number]['before' | 'after']

/** `received`: the receiver has the message, and has not answered yet. */
export type DeliveryPoint = NotifierPoint | 'received'

export const DELIVERY_POINTS: readonly DeliveryPoint[] = [
  ...TRANSACTIONS.flatMap(({ before, after }) => [before, after]),
  'received',
]

/** The driver that kills this very process at the point that is armed. The code under test needs no hooks for it. */
export function lethalDriver(driver: StoreDriver, armed: () => NotifierPoint | null): StoreDriver {
  const reach = (point: NotifierPoint) => {
    if (armed() === point) process.kill(process.pid, 'SIGKILL')
  }
  return {
    ...driver,
    async transaction<T>(work: () => Work<T>): Promise<T> {
      const seen = new Set<(typeof TRANSACTIONS)[number]>()
      const result = await driver.transaction(function* () {
        const value = yield* watched(work(), seen)
        for (const { before } of seen) reach(before)
        return value
      })
      for (const { after } of seen) reach(after)
      return result
    },
  }
}

/** The work as it is, while what it asks is noted. */
function* watched<T>(work: Work<T>, seen: Set<(typeof TRANSACTIONS)[number]>): Work<T> {
  let step = work.next()
  while (!step.done) {
    const asked = statements(step.value)
    for (const one of TRANSACTIONS) if (asked.some((sql) => one.statement.test(sql))) seen.add(one)
    step = work.next(yield step.value)
  }
  return step.value
}

function statements(statement: Statement): string[] {
  if (statement.ask === 'now') return []
  return statement.ask === 'counts' ? statement.changes.map(({ sql }) => sql) : [statement.sql]
}
