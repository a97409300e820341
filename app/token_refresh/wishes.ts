import { all, type Work } from '#store/driver'

/**
 * Organizations with a rule of their own that asks for each success and still has a webhook to bring it to (a channel that
 * was disabled is nobody), and with each number of failed attempts that rules name.
 */
const READ_WISHES = `SELECT DISTINCT rules.organization_id, CAST(NULL AS INTEGER) AS attempts
  FROM notification_rules AS rules
  JOIN notification_channels AS channels ON channels.organization_id = rules.organization_id
  WHERE rules.user_id IS NULL AND rules.is_active AND channels.disabled_at IS NULL
    AND CAST(rules.events AS TEXT) LIKE '%"connection.refreshed"%'
    AND CAST(rules.channels AS TEXT) LIKE '%"' || CAST(channels.id AS TEXT) || '"%'
  UNION ALL SELECT DISTINCT organization_id, retry_attempts FROM notification_rules
  WHERE is_active AND retry_attempts IS NOT NULL`

/** How old the knowledge of who asked may be, in milliseconds. */
const PERIOD = 5_000

/** What organizations want to hear of that is nobody's business otherwise. */
export interface Wished {
  /** Those that want to hear of each success. */
  refreshed: ReadonlySet<string>
  /** By organization: after how many failed attempts in a row somebody wants to hear of a connection. */
  attempts: ReadonlyMap<string, readonly number[]>
}

export const NO_WISHES: Wished = { refreshed: new Set(), attempts: new Map() }

/**
 * Knows which organizations want to hear of what most do not, so that the others pay nothing for it: one small statement
 * every five seconds in which tokens are stored or retries fail. A rule that is new, changed or gone counts after five
 * seconds at most.
 */
export class Wishes {
  #wished = NO_WISHES
  #readAt = Number.NEGATIVE_INFINITY;

  /** The wishes as they were at most five seconds before `at`. */
  *read(at: number): Work<Wished> {
    const age = at - this.#readAt
    if (age >= 0 && age < PERIOD) return this.#wished
    const refreshed = new Set<string>()
    const attempts = new Map<string, number[]>()
    for (const { organization_id: id, attempts: count } of yield* all(READ_WISHES, [])) {
      const organization = id as string
      if (count === null) refreshed.add(organization)
      else attempts.set(organization, [...(attempts.get(organization) ?? []), Number(count)])
    }
    this.#wished = { refreshed, attempts }
    this.#readAt = at
    return this.#wished
  }
}
