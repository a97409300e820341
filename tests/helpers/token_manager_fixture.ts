import { buildTokenManager } from '#services/token_manager/build_token_manager'
import { watchPostgres } from '#services/token_manager/postgres_changes'
import type { RedisClient } from '#services/token_manager/shared_cache'
import { watchSqlite } from '#services/token_manager/sqlite_changes'
import type { TokenReads } from '#services/token_manager/token_reads'
import type { TokenManager } from '#services/token_manager/token_manager'
import type { TokenValidator, TokenVerdict } from '#services/token_manager/token_validator'
import type { Engine } from '#services/build_engine'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import type { StoreDriver } from '#store/driver'
import { testDatabaseFile } from '#tests/helpers/database'
import { postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { TIMING } from '#tests/helpers/refresh_fixtures'

/** A token manager of one process, with a count of what it reads and a provider that says of tokens what it is told. */
export interface ManagerFixture {
  tokens: TokenManager
  /** Statements that were sent to the database by reads. */
  reads(): number
  /** What the provider says of tokens from now on, and how often it was asked. */
  says(verdict: Partial<TokenVerdict>): void
  asked(): number
}

interface Options {
  engine?: Engine
  redis?: RedisClient | null
  remembered?: number
  reads?: TokenReads
}

export async function managerFixture(
  dialect: Dialect,
  fixture: Pick<EngineFixture, 'engine' | 'clock'>,
  cleanup: (work: () => Promise<void>) => void,
  { engine = fixture.engine, redis = null, remembered, reads }: Options = {}
): Promise<ManagerFixture> {
  const driver = counting(
    dialect === 'sqlite'
      ? openSqliteDriver(testDatabaseFile(), fixture.clock)
      : openPostgresDriver(postgresUrl ?? '', fixture.clock)
  )
  const changes =
    dialect === 'sqlite'
      ? watchSqlite(testDatabaseFile())
      : await watchPostgres(postgresUrl ?? '', fixture.clock)
  const validator = scriptedValidator()
  const tokens = buildTokenManager({
    engine,
    driver,
    changes,
    redis,
    validator,
    strikeWindow: TIMING.strikeWindow,
    providerId: async (organizationId, name) => engine.catalogue.find(organizationId, name)?.id ?? name,
    remembered,
    reads,
  })
  cleanup(() => tokens.close())
  return { tokens, reads: () => driver.count, says: validator.says, asked: () => validator.count }
}

function counting(driver: StoreDriver): StoreDriver & { count: number } {
  const counted = {
    ...driver,
    count: 0,
    read(...query: Parameters<StoreDriver['read']>) {
      counted.count += 1
      return driver.read(...query)
    },
  }
  return counted
}

function scriptedValidator(): TokenValidator & { count: number; says(verdict: Partial<TokenVerdict>): void } {
  let verdict: TokenVerdict = { state: 'unknown', reason: 'no_validation', retryAt: null }
  const validator = {
    count: 0,
    says: (next: Partial<TokenVerdict>) => void (verdict = { ...verdict, ...next }),
    async validate() {
      validator.count += 1
      return verdict
    },
  }
  return validator
}
