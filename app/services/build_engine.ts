import { setTimeout as sleep } from 'node:timers/promises'
import { createDiscovery, type Discovery } from '#oauth/discovery'
import type { ProviderRegistry } from '#oauth/registry'
import { createTransport } from '#oauth/transport'
import type { Clock, Random, Transport } from '#oauth/types'
import type { AddedProvider } from '#services/added_providers'
import { buildCampaigns, type CampaignDoors } from '#services/campaigns/build_campaigns'
import { ChildrenService } from '#services/children_service'
import { ConnectionService } from '#services/connection_service'
import { DeadlineWarnings } from '#services/deadline_warnings'
import { buildDisconnect, type DisconnectDoors } from '#services/disconnect/build_disconnect'
import { gateTimingOf, leaseFor } from '#services/engine_timing'
import { Installation } from '#services/installation'
import { buildJobs, type JobDoors } from '#services/jobs/build_jobs'
import type { JobSettings } from '#services/jobs/job_table'
import { McpService } from '#services/mcp/mcp_service'
import { ProviderCatalogue } from '#services/provider_catalogue'
import { recoverSpools, spoolOf } from '#services/recover_spools'
import { RefreshAttempt } from '#services/refresh_attempt'
import { buildRefreshLog, type RefreshLogDoors } from '#services/refresh_log/build_refresh_log'
import type { RetentionSettings } from '#services/refresh_log/retention'
import { refreshHooks } from '#services/refresh_hooks'
import type { RefreshReport } from '#services/refresh_report'
import { RunService } from '#services/run_service'
import { announced, TokenNews } from '#services/token_manager/token_news'
import { TokenRefreshService } from '#services/token_refresh_service'
import {
  buildVerification,
  type VerificationDoors,
  type VerificationSettings,
} from '#services/verification/build_verification'
import { WorkerRegistry } from '#services/worker_registry'
import { ConnectionStore } from '#token_refresh/connection_store'
import { providersOf } from '#token_refresh/gate_directory'
import type { Spool } from '#token_refresh/spool'
import type { StoreDriver } from '#store/driver'
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
  /** The pace of verifications; gentle unless told. */
  verification?: VerificationSettings
  /** ALLOW_PRIVATE_PROVIDERS, for the providers that organizations add; false unless told. */
  allowPrivate?: boolean
  /** Hears of an added provider that cannot be used. */
  onBrokenProvider?: (added: AddedProvider) => void
  /** The table of jobs; none but the cycles of providers unless told. */
  jobSettings?: JobSettings
  /** Brings people the messages that are due, for the job that does so; none unless told. */
  deliver?: () => Promise<number>
  /** How long the past is kept; as long as `config/retention.ts` says by default unless told. */
  retention?: RetentionSettings
  /** Where people reach the application, for clients that are registered by themselves; empty unless told. */
  appUrl?: string
  /** Replaces waiting in tests. */
  sleep?: (milliseconds: number) => Promise<void>
  /** Replaces HTTP, where a test or a benchmark stands between us and the provider. */
  transport?: Engine['transport']
}

export interface Engine extends VerificationDoors, DisconnectDoors, CampaignDoors, JobDoors, RefreshLogDoors {
  /** All definitions, those of every organization included: for the engine itself. */
  providers: ProviderRegistry
  /** What an organization may name and see. */
  catalogue: ProviderCatalogue
  vault: Vault
  store: ConnectionStore
  refresh: TokenRefreshService
  children: ChildrenService
  deadlines: DeadlineWarnings
  connections: ConnectionService
  /** Tells this process's caches what this process has committed. */
  news: TokenNews
  runs: RunService
  workers: WorkerRegistry
  installation: Installation
  discovery: Discovery
  mcp: McpService
  transport: Transport & { close(): Promise<void> }
  clock: Clock
  random: Random
  /**
   * Stores what dead processes kept on disk, then takes over their claims; `unreadable` answers stay on disk, since their
   * key is not in the ring. Call it once, before anything is claimed.
   */
  recover(): Promise<{ restored: number; unreadable: number; freed: number }>
  /** Finishes what is in flight and closes connections. Nothing of the engine can be used afterwards. */
  close(): Promise<void>
}

/** Puts the parts of the refresh engine together. Nothing runs yet: the caller registers the worker and starts ticking. */
export function buildEngine(options: EngineOptions): Engine {
  const parts = buildParts(options)
  const { store, vault, workers, refresh, mcp, children, installation, transport } = parts
  const campaigns = buildCampaigns({ ...options, ...parts, sleep: options.sleep ?? sleep })
  const jobs = buildJobs({ ...options, ...parts, sleep: options.sleep ?? sleep })
  return {
    ...parts,
    ...campaigns,
    ...jobs,
    async recover() {
      const alive = await workers.alive()
      const isAlive = (id: string) => alive.has(id)
      const { restored, unreadable } = options.spoolFolder
        ? await recoverSpools(options.spoolFolder, { store, vault, isAlive })
        : { restored: 0, unreadable: 0 }
      return { restored, unreadable, freed: await workers.register() }
    },
    async close() {
      // First the runs, which would take a stopping service for accounts that are to be skipped.
      const runsGivenBack = jobs.jobs.stop()
      await Promise.all([refresh.drain(), runsGivenBack])
      await Promise.all([
        mcp.settled(),
        children.drain(),
        parts.revocations.drain(),
        parts.dueValidations.stop(),
      ])
      await campaigns.sessionWatch.settled()
      await workers.leave()
      await installation.seen()
      await transport.close()
      await store.close()
    },
  }
}

function buildParts(
  options: EngineOptions
): Omit<Engine, 'recover' | 'close' | keyof CampaignDoors | keyof JobDoors> {
  const { providers, vault, driver, clock, random } = options
  const workers = new WorkerRegistry(driver, options.role)
  const installation = new Installation(driver, options.witnessPath ?? null)
  const store = buildStore(options, workers)
  const transport = options.transport ?? createTransport({ clock })
  const discovery = createDiscovery({ transport, clock })
  const spool = options.spoolFolder ? spoolOf(options.spoolFolder, workers.id) : null
  const { allowPrivate = false, onBrokenProvider: onBroken } = options
  const catalogue = new ProviderCatalogue({ registry: providers, vault, clock, allowPrivate, onBroken })
  const { appUrl = '', report } = options
  const mcp = new McpService({ catalogue, discovery, transport, clock, appUrl, allowPrivate, report })
  const news = new TokenNews()
  const children = buildChildren(options, transport, workers.id, news)
  const ending = buildDisconnect({ ...options, transport, discovery, news })
  const refresh = buildRefresh(
    options,
    { store, transport, discovery, catalogue, mcp, children, news, ...ending },
    spool
  )
  const wait = options.sleep ?? sleep
  const runs = new RunService({ providers, refresh, clock, sleep: wait, workerId: workers.id })
  const connections = new ConnectionService({ providers, vault, clock, random, news })
  const means = { ...options, transport, discovery, refresh, catalogue, news, workerId: workers.id }
  return {
    ...{ providers, catalogue, vault, store, refresh, children, connections, news, runs, workers },
    ...{ installation, discovery, mcp, transport, clock, random },
    deadlines: new DeadlineWarnings(options),
    ...buildVerification(means),
    ...buildRefreshLog({ ...options, catalogue, mcp, workers, sleep: wait }),
    ...ending,
  }
}

function buildStore(options: EngineOptions, { id }: WorkerRegistry) {
  const lease = leaseFor(options.requestDeadline)
  return new ConnectionStore({
    driver: options.driver,
    workerId: id,
    lease,
    gateTiming: gateTimingOf(options),
    providersOf: (gateId) => providersOf(options.providers, gateId),
  })
}

function buildChildren(options: EngineOptions, transport: Transport, workerId: string, news: TokenNews) {
  const { providers, vault, driver, report, clock, random, timing, requestDeadline, sleep: wait } = options
  const means = { driver, transport, report, clock, random, sleep: wait, workerId, news }
  return new ChildrenService({ providers, vault, ...means, timing, requestDeadline })
}

function buildRefresh(
  options: EngineOptions,
  parts: Pick<
    Engine,
    'store' | 'transport' | 'discovery' | 'catalogue' | 'mcp' | 'children' | 'news' | 'disconnections'
  >,
  spool: Spool | null
) {
  const { store, transport, discovery, catalogue, mcp, children, news, disconnections } = parts
  const { providers, vault, report, clock, random, timing, requestDeadline, concurrency } = options
  const turns = new TurnQueue(store, (error) => report.storeTrouble(error), spool)
  const judgement = { providers, vault, report, clock, random, timing, requestDeadline }
  const attempt = new RefreshAttempt({
    children,
    disconnections,
    ...judgement,
    ...refreshHooks({ providers, discovery, mcp }, announced(turns, news)),
    transport,
  })
  const followProviders = () => catalogue.reloadIfChanged()
  const patience = { timing, concurrency, sleep: options.sleep ?? sleep, followProviders }
  return new TokenRefreshService({ providers, store, turns, attempt, children, clock, random, ...patience })
}
