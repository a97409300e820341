import { all, type Work } from '#store/driver'

/**
 * Organizations with a rule of their own that asks for each success and still has a webhook to bring it to. A channel
 * that was disabled is nobody.
 */
const READ_LISTENERS = `SELECT DISTINCT rules.organization_id FROM notification_rules AS rules
  JOIN notification_channels AS channels ON channels.organization_id = rules.organization_id
  WHERE rules.user_id IS NULL AND rules.is_active AND channels.disabled_at IS NULL
    AND CAST(rules.events AS TEXT) LIKE '%"connection.refreshed"%'
    AND CAST(rules.channels AS TEXT) LIKE '%"' || CAST(channels.id AS TEXT) || '"%'`

/** How old the knowledge of who asked may be, in milliseconds. */
const PERIOD = 5_000

/**
 * Knows which organizations want to hear of every refresh, so that the others pay nothing for it: one small statement
 * every five seconds in which tokens are stored. A rule that is new, changed or gone counts after five seconds at most.
 */
export class RefreshedListeners {
  #organizations: ReadonlySet<string> = new Set()
  #readAt = Number.NEGATIVE_INFINITY;

  /** The organizations as they were at most five seconds before `at`. */
  *organizations(at: number): Work<ReadonlySet<string>> {
    const age = at - this.#readAt
    if (age >= 0 && age < PERIOD) return this.#organizations
    const rows = yield* all(READ_LISTENERS, [])
    this.#organizations = new Set(rows.map((row) => row.organization_id as string))
    this.#readAt = at
    return this.#organizations
  }
}
