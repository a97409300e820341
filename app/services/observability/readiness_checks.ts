import { BaseCheck, HealthChecks, Result } from '@adonisjs/core/health'
import type { ProviderRegistry } from '#oauth/registry'
import type { Clock } from '#oauth/types'
import { READ_TICK } from '#services/figures/alerts_sql'
import { withDeadline } from '#services/observability/deadline'
import { FIRST_DUE } from '#services/observability/installation_sql'
import {
  judgeOverdue,
  judgeQuarantine,
  judgeScheduler,
  type ReadinessFacts,
} from '#services/observability/readiness'
import { Remembered } from '#services/observability/remembered'
import type { StoreDriver } from '#store/driver'
import { READ_QUARANTINE } from '#token_refresh/store_sql'

interface ReadinessDependencies {
  driver: StoreDriver
  providers: Pick<ProviderRegistry, 'all'>
  clock: Clock
  /** Whether this process runs a scheduler. */
  ticks: boolean
  /** Rejects where Redis does not answer; null where none is configured. */
  ping: (() => Promise<unknown>) | null
  onTrouble: (check: string, error: unknown) => void
}

/** However many ask, the database and Redis are asked once a second. */
const LIFE = 1_000
/** A probe wants its answer soon, in milliseconds. */
const PATIENCE = 2_000

class Check extends BaseCheck {
  constructor(
    readonly name: string,
    readonly run: () => Promise<Result>
  ) {
    super()
  }
}

/**
 * Whether this process may be sent work. The database, the quarantine and the scheduler decide; Redis and overdue
 * refreshes only warn, since tokens are read without the one and in spite of the other.
 */
export function readinessChecks(deps: ReadinessDependencies): HealthChecks {
  const { clock, ticks, ping } = deps
  const begun = clock.monotonic()
  const facts = new Remembered(clock, LIFE, () => known(deps))
  const judged = (name: string, judge: (facts: ReadinessFacts) => Result) =>
    new Check(name, async () => {
      const found = await facts.get()
      return found ? judge(found) : Result.warning('Not known while the database does not answer')
    })
  const checks = [
    new Check('database', async () =>
      (await facts.get()) ? Result.ok('The database answers') : Result.failed('The database does not answer')
    ),
    judged('quarantine', judgeQuarantine),
    judged('scheduler', (found) => judgeScheduler(found, { ticks, age: clock.monotonic() - begun })),
    judged('overdue', judgeOverdue),
  ]
  return new HealthChecks().register(ping ? [...checks, redisCheck(deps, ping)] : checks)
}

function redisCheck({ clock, onTrouble }: ReadinessDependencies, ping: () => Promise<unknown>): Check {
  const answer = new Remembered(clock, LIFE, async () => {
    try {
      await withDeadline(PATIENCE, ping())
      return Result.ok('Redis answers')
    } catch (error) {
      onTrouble('redis', error)
      return Result.warning('Redis does not answer; tokens are read from the database meanwhile')
    }
  })
  return new Check('redis', () => answer.get())
}

/** Null where the database does not answer. */
async function known(deps: ReadinessDependencies): Promise<ReadinessFacts | null> {
  try {
    return await withDeadline(PATIENCE, readReadiness(deps))
  } catch (error) {
    deps.onTrouble('database', error)
    return null
  }
}

/** Asks the database, whatever it takes; rejects where it does not answer. */
export async function readReadiness({
  driver,
  providers,
  clock,
}: Pick<ReadinessDependencies, 'driver' | 'providers' | 'clock'>): Promise<ReadinessFacts> {
  const now = clock.now()
  const due = providers
    .all()
    .filter(({ refresh }) => refresh.supported)
    .map(({ id }) => driver.read(FIRST_DUE, [id, now]))
  const [quarantine, [tick], ...first] = await Promise.all([
    driver.read(READ_QUARANTINE, []),
    driver.read(READ_TICK, []),
    ...due,
  ])
  return {
    quarantined: quarantine.length > 0,
    tick: tick
      ? {
          age: Math.max(0, now - Number(tick.scheduler_ticked_at)),
          interval: Number(tick.scheduler_interval_ms ?? 0),
        }
      : null,
    lateness: Math.max(0, ...first.flat().map((row) => now - Number(row.first))),
  }
}
