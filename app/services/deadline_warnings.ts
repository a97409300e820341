import type { ProviderRegistry } from '#oauth/registry'
import { READ_ASKED_DAYS, warnOfDeadline, warnOfOverdue } from '#services/deadline_sql'
import { all, now, run, type StoreDriver, type Work } from '#store/driver'
import { READ_QUARANTINE } from '#token_refresh/store_sql'

const DAY = 86_400_000

/** How long before its end a grant is pointed out, in milliseconds. */
export const DEADLINE_SOON = 14 * DAY

/** Bands of days before a grant ends (SPEC §5.5). A grant is warned of in the band that it is in: the nearest threshold. */
const BANDS = [
  { days: 14, above: 7, severity: 'normal' },
  { days: 7, above: 1, severity: 'high' },
  { days: 1, above: 0, severity: 'urgent' },
] as const

interface Threshold {
  days: number
  above: number
  severity: 'normal' | 'high' | 'urgent'
  asked: boolean
}

/**
 * The threshold of a rule that names its own days. It ends where the next usual one begins, of which the rule hears too;
 * what is less than a week away is told as severely as usual. Null for the usual ones. Pure.
 */
export function askedThreshold(days: number): Threshold | null {
  if (BANDS.some((band) => band.days === days)) return null
  const above = BANDS.find((band) => band.days < days)?.days ?? 0
  return { days, above, severity: days < 7 ? 'high' : 'normal', asked: true }
}

/**
 * Writes `connection.expiring` into the outbox: 14, 7 and 1 days before a grant ends, where an organization's rules name
 * other numbers at those too, and where a scheduling margin passed without a refresh. There is exactly one event for each
 * grant, threshold and day of the deadline, and one for each version of a token that is overdue, however many processes
 * look. A reconnect, or a deadline that moved on, starts anew.
 */
export class DeadlineWarnings {
  constructor(private readonly deps: { driver: StoreDriver; providers: ProviderRegistry }) {}

  /** One look at all connections; returns how many events were written. A copy of a database warns of nothing. */
  async write(): Promise<number> {
    const { driver } = this.deps
    const isCopy = (await driver.read(READ_QUARANTINE, [])).length > 0
    return isCopy ? 0 : driver.transaction(() => this.#write())
  }

  *#write(): Work<number> {
    const { driver, providers } = this.deps
    const at = yield* now()
    let written = 0
    for (const { days, above, severity, asked } of yield* this.#thresholds()) {
      const band = [at + above * DAY, at + days * DAY]
      const values = [severity, days, days, at, ...band, ...(asked ? [days] : [])]
      written += yield* run(warnOfDeadline(driver.dialect, { asked }), values)
    }
    for (const { id, refresh } of providers.all()) {
      if (!refresh.supported) continue
      written += yield* run(warnOfOverdue(driver.dialect), ['high', at, id, at - refresh.margin])
    }
    return written
  }

  /** The usual ones, and those that rules name. */
  *#thresholds(): Work<Threshold[]> {
    const asked = (yield* all(READ_ASKED_DAYS, [])).map((row) => askedThreshold(Number(row.grant_days)))
    return [...BANDS.map((band) => ({ ...band, asked: false })), ...asked.filter((one) => one !== null)]
  }
}
