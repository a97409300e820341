import { run, type StoreDriver, type Value } from '#store/driver'

/** Rows of one transaction: on SQLite nobody else writes meanwhile. */
const CHUNK = 1_000

/** A matter may have thousands of events: they go first, so that no single deletion takes long. Values: before, before, how many. */
const DELETE_EVENTS = `DELETE FROM notification_events WHERE (notification_id, event_id) IN (
    SELECT e.notification_id, e.event_id FROM notifications AS n
    JOIN notification_events AS e ON e.notification_id = n.id
    WHERE n.updated_at < ?t AND n.closes_at < ?t LIMIT ?)`

/** Values: before, before, how many. */
const DELETE_MATTERS = `DELETE FROM notifications WHERE id IN (
    SELECT id FROM notifications WHERE updated_at < ?t AND closes_at < ?t LIMIT ?)`

/** Messages that are over and tell of no matter that is still there. Values: before, how many. */
const DELETE_DELIVERIES = `DELETE FROM deliveries WHERE id IN (
    SELECT d.id FROM deliveries AS d WHERE d.created_at < ?t AND d.state <> 'waiting'
      AND NOT EXISTS (SELECT 1 FROM delivery_items AS i WHERE i.delivery_id = d.id) LIMIT ?)`

/** How many rows were deleted. */
export interface PrunedNotifications {
  matters: number
  deliveries: number
}

/** Deletes what people were told long ago. */
export class NotificationRetention {
  constructor(private readonly deps: { driver: StoreDriver }) {}

  /**
   * Deletes matters that nothing happened in since `before`, and what is known of the delivery of their messages, in short
   * transactions. A message that still waits stays. It may be ended between two of them, and run in many processes.
   */
  async prune(before: number, { signal }: { signal?: AbortSignal } = {}): Promise<PrunedNotifications> {
    await this.#chunks(DELETE_EVENTS, [before, before], signal)
    const matters = await this.#chunks(DELETE_MATTERS, [before, before], signal)
    const deliveries = await this.#chunks(DELETE_DELIVERIES, [before], signal)
    return { matters, deliveries }
  }

  async #chunks(sql: string, values: readonly Value[], signal?: AbortSignal): Promise<number> {
    let total = 0
    while (!signal?.aborted) {
      const deleted = await this.deps.driver.transaction(() => run(sql, [...values, CHUNK]))
      total += deleted
      if (deleted < CHUNK) break
    }
    return total
  }
}
