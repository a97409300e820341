import { readAudience } from '#notifications/audience'
import { closingOf, toRounds } from '#notifications/closers'
import * as sql from '#notifications/dispatch_sql'
import { toDrafts } from '#notifications/drafts'
import { enqueue } from '#notifications/enqueue'
import { isTold, toEventFacts, type EventFacts } from '#notifications/event_facts'
import { readListeners } from '#notifications/listeners'
import type { MatterSettings } from '#notifications/matter_changes'
import { placeMatters, type Place } from '#notifications/matter_store'
import { closeMatters } from '#notifications/recovery'
import { route } from '#notifications/routing'
import type { Clock } from '#oauth/types'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'

interface DispatcherDependencies {
  driver: StoreDriver
  clock: Clock
  settings: MatterSettings
  /** Told of events that nobody can be told of. */
  logger?: { error(fields: object, message: string): void }
}

/** Events of one transaction. On SQLite nobody else writes meanwhile, a refresh neither: it takes 10 to 20 ms. */
const BATCH = 200
const BATCHES = 50

interface Dispatched {
  events: number
  /** Rows that no engine of ours has written. */
  unreadable: { id: string; name: string; problem: string }[]
}

const NOTHING: Dispatched = { events: 0, unreadable: [] }

/**
 * Turns the events of the outbox into matters and messages. Each event is dispatched once, in one transaction with all
 * that follows from it; a process that dies before its commit leaves nothing behind.
 */
export class Dispatcher {
  constructor(private readonly deps: DispatcherDependencies) {}

  /**
   * Dispatches what waits, at most 10,000 events, and returns how many events those were. May run in many processes at once:
   * one organization is served by one of them at a time. Trouble with one organization does not hold up the others; it
   * is thrown at the end.
   */
  async tick(): Promise<number> {
    const rows = await this.deps.driver.read(sql.WAITING_ORGANIZATIONS, [])
    let waiting = rows.map(({ organization_id: id }) => id as string)
    let [total, batches] = [0, 0]
    const problems: unknown[] = []
    while (waiting.length > 0 && batches < BATCHES) {
      const unfinished: string[] = []
      for (const organization of waiting.slice(0, BATCHES - batches)) {
        batches += 1
        const events = await this.#batch(organization).catch((problem) => void problems.push(problem))
        total += events ?? 0
        if (events === BATCH) unfinished.push(organization)
      }
      waiting = [...waiting.slice(BATCHES), ...unfinished]
    }
    if (problems.length > 0) throw problems[0]
    return total
  }

  async #batch(organizationId: string): Promise<number> {
    const { driver, settings, logger } = this.deps
    const { events, unreadable } = await driver.transaction(() =>
      dispatch(driver.dialect, organizationId, settings)
    )
    for (const { id, name, problem } of unreadable) {
      logger?.error({ event: id, name, problem }, 'an event of the outbox cannot be dispatched')
    }
    return events
  }
}

function* dispatch(
  dialect: StoreDriver['dialect'],
  organizationId: string,
  settings: MatterSettings
): Work<Dispatched> {
  const [held] = yield* all(sql.holdOrganization(dialect), [organizationId])
  if (!held) return NOTHING
  const rows = yield* all(sql.WAITING_EVENTS, [organizationId, BATCH])
  if (rows.length === 0) return NOTHING
  const place: Place = { dialect, organizationId, settings, at: yield* now() }
  const { events, unreadable } = readEvents(rows)
  for (const { told, closers } of toRounds(events)) {
    yield* tell(place, told)
    yield* closeMatters(place, closers)
  }
  yield* run(sql.markDispatched(dialect), [place.at, JSON.stringify(rows.map(({ id }) => id))])
  return { events: rows.length, unreadable }
}

/** An event that cannot be read is left out: it must not hold up those behind it. */
function readEvents(rows: readonly Row[]): { events: EventFacts[]; unreadable: Dispatched['unreadable'] } {
  const events: EventFacts[] = []
  const unreadable: Dispatched['unreadable'] = []
  for (const row of rows) {
    try {
      const event = toEventFacts(row)
      if (!isTold(event) && !closingOf(event)) throw new TypeError('nobody can be told of it')
      events.push(event)
    } catch (error) {
      unreadable.push({ id: row.id as string, name: row.name as string, problem: (error as Error).message })
    }
  }
  return { events, unreadable }
}

function* tell(place: Place, events: readonly EventFacts[]): Work<void> {
  const told = events.filter(isTold).filter(({ isMuted }) => !isMuted)
  if (told.length === 0) return
  const audienceOf = yield* readAudience(place.dialect, place.organizationId, told, place.at)
  const audiences = told.map((event) => audienceOf(event))
  const concerned = new Set(audiences.flatMap((audience) => [...audience]))
  const listeners = yield* readListeners(place.dialect, place.organizationId, concerned)
  const timing = { now: place.at, gather: place.settings.gather }
  const routed = told.map((event, index) => ({
    event,
    plans: route(event, audiences[index], listeners, timing),
  }))
  yield* enqueue(place, yield* placeMatters(place, toDrafts(routed)))
}
