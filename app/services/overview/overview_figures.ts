import type { Clock } from '#oauth/types'
import { readSeries, type Series, type SeriesQuery } from '#services/figures/series'
import { COUNT_ENDINGS, COUNT_TROUBLES, LAST_TRIED, READ_SOON } from '#services/overview/overview_sql'
import { afterGate, type ProviderFacts } from '#services/provider_facts'
import { Remembered } from '#services/overview/remembered'
import type { Row, StoreDriver } from '#store/driver'

/** Equal parts of the time to come, in milliseconds. The begin of a part is excluded, its end included. */
export interface Parts {
  from: number
  step: number
  count: number
}

/** How many accounts of a provider end within a part of the time to come, by the end of the token or of the grant. */
export interface Ending {
  provider: string
  clock: 'token' | 'grant'
  part: number
  accounts: number
}

/** Accounts of one provider that are in trouble for the same cause. */
export interface Trouble {
  provider: string
  status: string
  reason: string | null
  isActive: boolean
  accounts: number
}

/** What lies ahead of an organization: the next planned refresh, and how many tokens end within a span. */
export interface Soon {
  nextAt: number | null
  ending: number
}

/** What the overview asks beyond the figures of other pages. All answers are of one organization. */
export class OverviewFigures {
  readonly #remembered: Remembered

  constructor(
    private readonly driver: StoreDriver,
    clock: Pick<Clock, 'monotonic'>
  ) {
    this.#remembered = new Remembered(() => clock.monotonic())
  }

  /** How many accounts end when from now on, by both clocks; those of paused and dead accounts as well. */
  endings(organizationId: string, { from, step, count }: Parts, now: number): Promise<Ending[]> {
    const to = from + step * count
    const after = Math.max(from, now)
    const one = [after, to, from, step]
    const values = [...one, ...one, organizationId, after, to, after, to]
    return this.#remembered.ask(`endings ${organizationId} ${from} ${step} ${count}`, async () =>
      (await this.driver.read(COUNT_ENDINGS(this.driver.dialect), values)).flatMap(toEndings)
    )
  }

  /**
   * When the next refresh is planned that its provider's gate does not hold up, and how many tokens end within so many
   * milliseconds from now.
   */
  async soon(
    organizationId: string,
    { now, within, closedGates }: { now: number; within: number } & Pick<ProviderFacts, 'closedGates'>
  ): Promise<Soon> {
    const rows = await this.#remembered.ask(`soon ${organizationId} ${within}`, () =>
      this.driver.read(READ_SOON, [now, now + within, organizationId])
    )
    const planned = rows.flatMap(({ provider, next }) => {
      const at = afterGate(next === null ? null : Number(next), closedGates.get(provider as string))
      return at === null ? [] : [at]
    })
    return {
      nextAt: planned.length === 0 ? null : Math.min(...planned),
      ending: rows.reduce((sum, { ending }) => sum + Number(ending ?? 0), 0),
    }
  }

  /** What is in trouble, grouped by its cause; accounts whose trouble is another account's are not counted. */
  troubles(organizationId: string): Promise<Trouble[]> {
    return this.#remembered.ask(`troubles ${organizationId}`, async () =>
      (await this.driver.read(COUNT_TROUBLES, [organizationId])).map((row) => ({
        provider: row.provider as string,
        status: row.status as string,
        reason: row.status_reason as string | null,
        isActive: Boolean(row.is_active),
        accounts: Number(row.accounts),
      }))
    )
  }

  /** How refreshes ended over time, in equal parts of a period. */
  series(organizationId: string, query: SeriesQuery): Promise<Series> {
    const { from, step, count } = query
    return this.#remembered.ask(`series ${organizationId} ${from} ${step} ${count}`, () =>
      readSeries(this.driver, organizationId, query)
    )
  }

  /** When connections were last tried, as far as the log reaches back. An account that is given up is not tried again. */
  async lastTried(ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map()
    const rows = await this.driver.read(LAST_TRIED(ids.length), ids)
    const tried = rows.filter(({ tried_at: at }) => at !== null)
    return new Map(tried.map(({ id, tried_at: at }) => [id as string, Number(at)]))
  }
}

function toEndings({ provider, token_part: token, grant_part: grant, accounts }: Row): Ending[] {
  const ending = (clock: Ending['clock'], part: unknown): Ending[] =>
    part === null
      ? []
      : [{ provider: provider as string, clock, part: Number(part), accounts: Number(accounts) }]
  return [...ending('token', token), ...ending('grant', grant)]
}
