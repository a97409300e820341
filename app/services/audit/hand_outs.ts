import { setImmediate as turn } from 'node:timers/promises'
import { uuid } from '#models/uuid'
import type { Clock } from '#oauth/types'
import { COUNT, ORGANIZATIONS } from '#services/audit/audit_sql'
import { run, type StoreDriver } from '#store/driver'

interface Dependencies {
  driver: StoreDriver
  clock: Pick<Clock, 'now'>
  /** Hears why counts could not be written; they are kept and tried again. */
  onTrouble: (error: unknown) => void
}

interface Taker {
  id: string
  name: string
  organizationId: string
}

interface Tally {
  taker: Taker
  connectionId: string
  window: number
  until: number
  count: number
}

/** One entry tells of so many milliseconds: an hour, so that 400 days of a busy installation stay readable. */
export const WINDOW = 60 * 60_000
/** What was counted is written so often, in milliseconds: writing a busy installation's accounts takes its time. */
const WRITTEN_EVERY = 10_000
/** In one transaction: SQLite writes in this process, and calls wait meanwhile. */
const ROWS_AT_A_TIME = 100

/**
 * Counts which key took the token of which connection. Counting costs no query, so a crash may lose the count of the
 * last ten seconds; an orderly end loses nothing.
 */
export class HandOuts {
  /** By key and connection: of the latest window. */
  #tallies = new Map<string, Map<string, Tally>>()
  /** Of windows before it, not yet written. */
  #earlier: Tally[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #inTrouble = false

  constructor(private readonly deps: Dependencies) {}

  /** A token of this connection leaves now. */
  count(taker: Taker, connectionId: string): void {
    const now = this.deps.clock.now()
    const window = now - (now % WINDOW)
    const known = this.#tallies.get(taker.id)?.get(connectionId)
    if (known?.window === window) add(known, { until: now, count: 1 })
    else this.#add({ taker, connectionId, window, until: now, count: 1 })
    this.#timer ??= setTimeout(() => void this.flush(), WRITTEN_EVERY).unref()
  }

  /** Writes everything that is counted. Never rejects: what cannot be written is kept for the next time. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** For the end of the process. */
  close(): Promise<void> {
    return this.flush().finally(() => this.#timer && clearTimeout(this.#timer))
  }

  #add(one: Tally): void {
    let taken = this.#tallies.get(one.taker.id)
    if (!taken) this.#tallies.set(one.taker.id, (taken = new Map()))
    const known = taken.get(one.connectionId)
    if (known?.window === one.window) return add(known, one)
    if (known) this.#earlier.push(known)
    taken.set(one.connectionId, one)
  }

  /** Everything, in the order of its keys: two processes that write the same rows never wait for each other in a circle. */
  #take(): Tally[] {
    const tallies = [...this.#earlier, ...[...this.#tallies.values()].flatMap((taken) => [...taken.values()])]
    this.#earlier = []
    this.#tallies = new Map()
    return tallies
      .map((tally) => ({ tally, key: keyOf(tally) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ tally }) => tally)
  }

  async #write(): Promise<void> {
    const tallies = this.#take()
    if (this.#inTrouble) await this.#dropGone(tallies)
    while (tallies.length > 0) {
      const some = tallies.slice(0, ROWS_AT_A_TIME)
      try {
        await this.deps.driver.transaction(function* () {
          for (const tally of some) yield* run(COUNT, valuesOf(tally))
        })
      } catch (error) {
        return this.#keep(tallies, error)
      }
      tallies.splice(0, some.length)
      await turn()
    }
    this.#inTrouble = false
  }

  /** What an organization took that is deleted has no place any more, and would keep the others from theirs. */
  async #dropGone(tallies: Tally[]): Promise<void> {
    const rows = await this.deps.driver.read(ORGANIZATIONS, []).catch(() => null)
    if (!rows) return
    const known = new Set(rows.map(({ id }) => id))
    const kept = tallies.filter(({ taker }) => known.has(taker.organizationId))
    tallies.splice(0, tallies.length, ...kept)
  }

  #keep(tallies: readonly Tally[], error: unknown): void {
    for (const tally of tallies) this.#add(tally)
    if (!this.#inTrouble) this.deps.onTrouble(error)
    this.#inTrouble = true
    this.#timer ??= setTimeout(() => void this.flush(), WRITTEN_EVERY).unref()
  }
}

const keyOf = ({ taker, connectionId, window }: Tally) => `${taker.id}${connectionId}${window}`

function add(known: Tally, { until, count }: Pick<Tally, 'until' | 'count'>): void {
  known.count += count
  known.until = Math.max(known.until, until)
}

function valuesOf({ taker, connectionId, window, until, count }: Tally) {
  const { id, name, organizationId } = taker
  return [uuid(window), organizationId, window, id, name, connectionId, connectionId, until, count]
}
