import type { Clock } from '#oauth/types'
import { DELETE_OLD as DELETE_AUDIT } from '#services/audit/audit_sql'
import * as sql from '#services/refresh_log/retention_sql'
import { all, now, run, type Row, type StoreDriver, type Value, type Work } from '#store/driver'

/** How long what only tells of the past is kept, in milliseconds. */
export interface RetentionSettings {
  attempts: number
  /** How many entries of one connection stay at most, of those that are older than two days. */
  attemptsPerConnection: number
  /** Failures that changed a connection's condition. */
  transitions: number
  runs: number
  /** Events that have been sent on. */
  events: number
  /** Hourly figures. */
  figures: number
  /** Entries of the audit trail. */
  audit: number
}

/** How many rows were deleted. */
export interface Pruned {
  attempts: number
  runs: number
  events: number
  figures: number
  audit: number
}

interface RetentionDependencies {
  driver: StoreDriver
  settings: RetentionSettings
  clock: Pick<Clock, 'monotonic'>
  sleep: (milliseconds: number) => Promise<void>
}

const DAY = 24 * 60 * 60_000

export const DEFAULT_RETENTION: RetentionSettings = {
  attempts: 30 * DAY,
  attemptsPerConnection: 1_000,
  transitions: 365 * DAY,
  runs: 90 * DAY,
  events: 30 * DAY,
  figures: 400 * DAY,
  audit: 400 * DAY,
}

/** Of the last two days nothing is deleted for its number, so that figures of the last day are exact. */
const UNTOUCHED = 2 * DAY
const FIRST_CHUNK = 100
const LARGEST_CHUNK = 2_000
const SMALLEST_CHUNK = 10
/** Between two chunks others get their turn, in milliseconds. */
const BREATH = 2
const PAGE = 100

/**
 * The size of the next chunk after one that took so long, in milliseconds. A chunk aims at 10 to 20 ms, so that none
 * comes near the 50 ms for which it may keep refreshes from writing.
 */
export function nextChunk(size: number, took: number): number {
  if (took > 20) return Math.max(SMALLEST_CHUNK, Math.floor((size * 15) / took))
  return took < 10 ? Math.min(LARGEST_CHUNK, size * 2) : size
}

/** Deletes what has been kept long enough, in short transactions. What the figures have not counted yet stays. */
export class Retention {
  constructor(private readonly deps: RetentionDependencies) {}

  /**
   * Deletes what is too old now, on the database's clock. It may be ended between two chunks by the signal and at any
   * moment by the end of the process, and may run in many processes at once; the next call carries on.
   */
  async prune({ signal }: { signal?: AbortSignal } = {}): Promise<Pruned> {
    const { driver, settings } = this.deps
    const at = await driver.transaction(() => now())
    const pruned: Pruned = { attempts: 0, runs: 0, events: 0, figures: 0, audit: 0 }
    for (const { id, rolled_until: mark } of await driver.read(sql.MARKS, [])) {
      const organization = id as string
      pruned.attempts += await this.#oldAttempts(organization, Number(mark), at, signal)
      const hours = [organization, organization, at - settings.figures]
      pruned.figures += await this.#chunks(signal, () => [sql.DELETE_FIGURES, hours])
    }
    pruned.attempts += await this.#longLogs(at, signal)
    const results = at - Math.min(settings.attempts, settings.runs)
    await this.#chunks(signal, (size) => [sql.DELETE_RESULTS, [results, size]])
    pruned.runs = await this.#chunks(signal, (size) => [sql.DELETE_RUNS, [at - settings.runs, size]])
    pruned.events = await this.#chunks(signal, (size) => [sql.DELETE_EVENTS, [at - settings.events, size]])
    pruned.audit = await this.#chunks(signal, (size) => [DELETE_AUDIT, [at - settings.audit, size]])
    return pruned
  }

  /** Walks the log from its begin, so that entries that stay are looked at once. */
  async #oldAttempts(organization: string, mark: number, at: number, signal?: AbortSignal): Promise<number> {
    const { settings } = this.deps
    const before = Math.min(at - settings.attempts, mark)
    let place: Place = { at: 0, id: sql.FIRST_ID }
    let deleted = 0
    await this.#steps(signal, async (size) => {
      const step = { organization, before, place, size, transitionsSince: at - settings.transitions }
      const done = await this.deps.driver.transaction(() => deleteOld(step))
      deleted += done.deleted
      if (done.place) place = done.place
      return done.place !== null
    })
    return deleted
  }

  async #longLogs(at: number, signal?: AbortSignal): Promise<number> {
    const { driver, settings } = this.deps
    let [after, deleted] = [sql.FIRST_ID, 0]
    while (!signal?.aborted) {
      const page = await driver.read(sql.LONG_LOGS, [settings.attemptsPerConnection, after, PAGE])
      for (const row of page.filter(isTooLong)) {
        const before = Math.min(Number(row.rolled_until), at - UNTOUCHED)
        const log = [row.id as string, Number(row.beyond), before]
        deleted += await this.#chunks(signal, (size) => [sql.DELETE_BEYOND, [...log, size]])
      }
      if (page.length < PAGE) break
      after = page[PAGE - 1].id as string
      await this.deps.sleep(BREATH)
    }
    return deleted
  }

  /** Repeats a statement that deletes some until it finds none; returns how many it deleted. */
  async #chunks(
    signal: AbortSignal | undefined,
    statement: (size: number) => [string, Value[]]
  ): Promise<number> {
    let deleted = 0
    await this.#steps(signal, async (size) => {
      const [text, values] = statement(size)
      const count = await this.deps.driver.transaction(() => run(text, values))
      deleted += count
      return count > 0
    })
    return deleted
  }

  /** Takes steps until one says that there is no more. */
  async #steps(signal: AbortSignal | undefined, step: (size: number) => Promise<boolean>): Promise<void> {
    const { clock, sleep } = this.deps
    for (let size = FIRST_CHUNK; !signal?.aborted;) {
      const began = clock.monotonic()
      if (!(await step(size))) return
      size = nextChunk(size, clock.monotonic() - began)
      await sleep(BREATH)
    }
  }
}

interface Place {
  at: number
  id: string
}

interface OldStep {
  organization: string
  before: number
  place: Place
  size: number
  transitionsSince: number
}

function* deleteOld(step: OldStep): Work<{ deleted: number; place: Place | null }> {
  const { organization, before, place, size, transitionsSince } = step
  const found = yield* all(sql.OLD_ATTEMPTS, [organization, before, place.at, place.id, size])
  const last = found.at(-1)
  if (!last) return { deleted: 0, place: null }
  const end = { at: Number(last.created_at), id: last.id as string }
  const deleted = yield* run(sql.DELETE_OLD, [
    organization,
    place.at,
    place.id,
    end.at,
    end.id,
    transitionsSince,
  ])
  return { deleted, place: end }
}

function isTooLong({ beyond, rolled_until: mark }: Row): boolean {
  return beyond !== null && mark !== null
}
