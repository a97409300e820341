import { setTimeout as sleep } from 'node:timers/promises'
import { createDiscovery, type Discovery } from '#oauth/discovery'
import type { ProviderRegistry } from '#oauth/registry'
import { createTransport } from '#oauth/transport'
import type { Clock, Random, Transport } from '#oauth/types'
import { ConnectionService } from '#services/connection_service'
import { RefreshAttempt } from '#services/refresh_attempt'
import type { RefreshReport } from '#services/refresh_report'
import { RunService } from '#services/run_service'
import { TokenRefreshService } from '#services/token_refresh_service'
import { WorkerRegistry } from '#services/worker_registry'
import { ConnectionStore } from '#token_refresh/connection_store'
import type { StoreDriver } from '#token_refresh/store_driver'
import { TurnQueue } from '#token_refresh/turn_queue'
import type { RefreshTiming } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface EngineOptions {
  providers: ProviderRegistry
  vault: Vault
  driver: StoreDriver
  report: RefreshReport
  clock: Clock
  random: Random
  role: string
  timing: RefreshTiming
  breaker: { failures: number; probe: number }
  requestDeadline: number
  concurrency: number
  /** Replaces waiting in tests. */
  sleep?: (milliseconds: number) => Promise<void>
}

export interface Engine {
  providers: ProviderRegistry
  vault: Vault
  store: ConnectionStore
  refresh: TokenRefreshService
  connections: ConnectionService
  runs: RunService
  workers: WorkerRegistry
  discovery: Discovery
  transport: Transport
  clock: Clock
  random: Random
  /** Finishes what is in flight and closes connections. Nothing of the engine can be used afterwards. */
  close(): Promise<void>
}

/** Twice the request's total time plus room for the queue before it and the commit after it. */
const leaseFor = (requestDeadline: number) => 2 * requestDeadline + 20_000

/** Puts the parts of the refresh engine together. Nothing runs yet: the caller registers the worker and starts ticking. */
export function buildEngine(options: EngineOptions): Engine {
  const { providers, vault, driver, report, clock, random, timing, breaker, requestDeadline } = options
  const lease = leaseFor(requestDeadline)
  const workers = new WorkerRegistry(driver, options.role)
  const gateTiming = {
    rateLimitWait: timing.rateLimitWait,
    configurationProbe: timing.configurationProbe,
    breakerFailures: breaker.failures,
    breakerProbe: breaker.probe,
    probePatience: lease,
  }
  const store = new ConnectionStore({ driver, workerId: workers.id, lease, gateTiming })
  const turns = new TurnQueue(store, (error) => report.storeTrouble(error))
  const transport = createTransport({ clock })
  const discovery = createDiscovery({ transport, clock })
  const resolveServer = (provider: Parameters<Discovery['resolve']>[0]) => discovery.resolve(provider)
  const attempt = new RefreshAttempt({
    providers,
    vault,
    turns,
    transport,
    resolveServer,
    report,
    clock,
    random,
    timing,
    requestDeadline,
  })
  const wait = options.sleep ?? sleep
  const refresh = new TokenRefreshService({
    providers,
    store,
    turns,
    attempt,
    clock,
    random,
    sleep: wait,
    timing,
    concurrency: options.concurrency,
  })
  const connections = new ConnectionService({ providers, vault, clock, random })
  const runs = new RunService({ providers, refresh, clock, sleep: wait })
  return {
    providers,
    vault,
    store,
    refresh,
    connections,
    runs,
    workers,
    discovery,
    transport,
    clock,
    random,
    async close() {
      await refresh.drain()
      await workers.leave()
      await transport.close()
      await store.close()
    },
  }
}
