import { setTimeout as sleep } from 'node:timers/promises'
import { createDiscovery, type Discovery } from '#oauth/discovery'
import type { ProviderRegistry } from '#oauth/registry'
import { createTransport } from '#oauth/transport'
import type { Clock, Provider, Random, Transport } from '#oauth/types'
import { ConnectionService } from '#services/connection_service'
import { Installation } from '#services/installation'
import { recoverSpools, spoolOf } from '#services/recover_spools'
import { RefreshAttempt } from '#services/refresh_attempt'
import type { RefreshReport } from '#services/refresh_report'
import { RunService } from '#services/run_service'
import { TokenRefreshService } from '#services/token_refresh_service'
import { WorkerRegistry } from '#services/worker_registry'
import { ConnectionStore } from '#token_refresh/connection_store'
import type { Spool } from '#token_refresh/spool'
import type { StoreDriver } from '#token_refresh/store_driver'
import { TurnQueue } from '#token_refresh/turn_queue'
import type { RefreshTiming } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface EngineOptions {
  providers: ProviderRegistry
  vault: Vault
  driver: StoreDriver
  /** The file that bears witness to a SQLite database; null where there is none. */
  witnessPath?: string | null
  /** Folder in which sealed answers wait while the database refuses them; null: they wait in memory only. */
  spoolFolder?: string | null
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
  /** Replaces HTTP, where a test or a benchmark stands between us and the provider. */
  transport?: Engine['transport']
}

export interface Engine {
  providers: ProviderRegistry
  vault: Vault
  store: ConnectionStore
  refresh: TokenRefreshService
  connections: ConnectionService
  runs: RunService
  workers: WorkerRegistry
  installation: Installation
  discovery: Discovery
  transport: Transport & { close(): Promise<void> }
  clock: Clock
  random: Random
  /**
   * Stores what dead processes kept on disk, then takes over their claims. Call it once, before anything is claimed.
   */
  recover(): Promise<{ restored: number; freed: number }>
  /** Finishes what is in flight and closes connections. Nothing of the engine can be used afterwards. */
  close(): Promise<void>
}

/** Twice the request's total time plus room for the queue before it and the commit after it. */
const leaseFor = (requestDeadline: number) => 2 * requestDeadline + 20_000

/** Puts the parts of the refresh engine together. Nothing runs yet: the caller registers the worker and starts ticking. */
export function buildEngine(options: EngineOptions): Engine {
  const { providers, vault, driver, clock, random } = options
  const workers = new WorkerRegistry(driver, options.role)
  const installation = new Installation(driver, options.witnessPath ?? null)
  const store = buildStore(options, workers)
  const transport = options.transport ?? createTransport({ clock })
  const discovery = createDiscovery({ transport, clock })
  const spool = options.spoolFolder ? spoolOf(options.spoolFolder, workers.id) : null
  const refresh = buildRefresh(options, { store, transport, discovery }, spool)
  const runs = new RunService({ providers, refresh, clock, sleep: options.sleep ?? sleep })
  const connections = new ConnectionService({ providers, vault, clock, random })
  const parts = {
    providers,
    vault,
    store,
    refresh,
    connections,
    runs,
    workers,
    installation,
    discovery,
    transport,
    clock,
    random,
  }
  return {
    ...parts,
    async recover() {
      const alive = await workers.alive()
      const isAlive = (id: string) => alive.has(id)
      const restored = options.spoolFolder ? await recoverSpools(options.spoolFolder, isAlive, store) : 0
      return { restored, freed: await workers.register() }
    },
    async close() {
      await refresh.drain()
      await workers.leave()
      await installation.seen()
      await transport.close()
      await store.close()
    },
  }
}

function buildStore({ driver, timing, breaker, requestDeadline }: EngineOptions, { id }: WorkerRegistry) {
  const lease = leaseFor(requestDeadline)
  const gateTiming = {
    rateLimitWait: timing.rateLimitWait,
    configurationProbe: timing.configurationProbe,
    breakerFailures: breaker.failures,
    breakerProbe: breaker.probe,
    probePatience: lease,
  }
  return new ConnectionStore({ driver, workerId: id, lease, gateTiming })
}

function buildRefresh(
  options: EngineOptions,
  parts: Pick<Engine, 'store' | 'transport' | 'discovery'>,
  spool: Spool | null
) {
  const { store, transport, discovery } = parts
  const { providers, vault, report, clock, random, timing, requestDeadline, concurrency } = options
  const turns = new TurnQueue(store, (error) => report.storeTrouble(error), spool)
  const resolveServer = (provider: Provider) => discovery.resolve(provider)
  const judgement = { providers, vault, report, clock, random, timing, requestDeadline }
  const attempt = new RefreshAttempt({ ...judgement, turns, transport, resolveServer })
  const patience = { timing, concurrency, sleep: options.sleep ?? sleep }
  return new TokenRefreshService({ providers, store, turns, attempt, clock, random, ...patience })
}
