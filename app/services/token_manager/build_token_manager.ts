import type { Engine } from '#services/build_engine'
import { SharedCache, type RedisClient } from '#services/token_manager/shared_cache'
import { TokenCache } from '#services/token_manager/token_cache'
import type { TokenChanges } from '#services/token_manager/token_changes'
import { TokenManager } from '#services/token_manager/token_manager'
import { TokenReader } from '#services/token_manager/token_reader'
import { noReads, type TokenReads } from '#services/token_manager/token_reads'
import { TokenRows } from '#services/token_manager/token_rows'
import { TokenShelf } from '#services/token_manager/token_shelf'
import type { TokenValidator } from '#services/token_manager/token_validator'
import type { StoreDriver } from '#store/driver'

export interface TokenManagerOptions {
  engine: Pick<Engine, 'providers' | 'refresh' | 'vault' | 'clock' | 'news'>
  /** Reads only; a driver of its own, so that reads never wait for a turn of the refresh path. The manager closes it. */
  driver: StoreDriver
  /** Closed by the manager. */
  changes: TokenChanges
  /** Null without Redis. Whoever opened it closes it. */
  redis: RedisClient | null
  validator: TokenValidator
  strikeWindow: number
  /** The id of the provider that an organization calls by this name; the name itself unless told. */
  providerId?: (organizationId: string, name: string) => Promise<string>
  reconnectPath?: (connectionId: string | null) => string
  /** How many tokens this process remembers. */
  remembered?: number
  /** Counts where reads find their token; in a count of its own unless told. */
  reads?: TokenReads
}

const REMEMBERED = 20_000

const reconnectPage = (connectionId: string | null) =>
  connectionId === null ? '/accounts/connect' : `/accounts/${connectionId}/reconnect`

/** Puts the parts of the token manager together. */
export function buildTokenManager(options: TokenManagerOptions): TokenManager {
  const { engine, driver, changes, validator, strikeWindow, reconnectPath = reconnectPage } = options
  const { vault, clock, providers, refresh, news } = engine
  const cache = new TokenCache(options.remembered ?? REMEMBERED)
  const shared = options.redis && new SharedCache(options.redis)
  const rows = new TokenRows(driver)
  const { providerId = async (_, name) => name } = options
  const shelf = new TokenShelf({ rows, vault, cache, changes, shared, clock, reconnectPath, providerId })
  const reader = new TokenReader({ shelf, providers, refresh, strikeWindow, reconnectPath })
  changes.onChange((change) => {
    if (change.kind === 'token') shelf.forget(change.organizationId, change.connectionId)
    else if (change.kind !== 'keys') cache.forget(change)
  })
  const silence = news.subscribe((organizationId, connectionIds) => {
    for (const connectionId of connectionIds) shelf.forget(organizationId, connectionId)
  })
  return new TokenManager({
    shelf,
    reader,
    refresh,
    validator,
    reads: options.reads ?? noReads(),
    async close() {
      silence()
      shared?.close()
      await changes.close()
      await driver.close()
    },
  })
}
