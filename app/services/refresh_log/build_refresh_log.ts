import type { ProviderRegistry } from '#oauth/registry'
import type { Clock, Random } from '#oauth/types'
import { leaseFor } from '#services/engine_timing'
import { DEFAULT_LIMITS } from '#services/figures/alert_rules'
import { Alerts } from '#services/figures/alerts'
import { Figures } from '#services/figures/figures'
import type { McpService } from '#services/mcp/mcp_service'
import { OverviewFigures } from '#services/overview/overview_figures'
import type { ProviderCatalogue } from '#services/provider_catalogue'
import { DEFAULT_RETENTION, Retention, type RetentionSettings } from '#services/refresh_log/retention'
import { RefreshLog } from '#services/refresh_log/refresh_log'
import { RefreshRehearsal } from '#services/refresh_rehearsal'
import { RunService } from '#services/run_service'
import type { Sleep } from '#services/run_watch'
import type { WorkerRegistry } from '#services/worker_registry'
import { Rehearsal } from '#token_refresh/rehearsal'
import type { StoreDriver } from '#store/driver'
import type { RefreshTiming } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface RefreshLogParts {
  driver: StoreDriver
  providers: ProviderRegistry
  catalogue: Pick<ProviderCatalogue, 'reloadIfChanged'>
  mcp: Pick<McpService, 'expired'>
  workers: Pick<WorkerRegistry, 'id'>
  vault: Vault
  clock: Clock
  random: Random
  timing: RefreshTiming
  requestDeadline: number
  sleep: Sleep
  /** How long the past is kept; as long as `config/retention.ts` says unless told. */
  retention?: RetentionSettings
}

/** The doors of what refreshes leave behind, and of refreshes that leave nothing behind but their log. */
export interface RefreshLogDoors {
  log: RefreshLog
  figures: Figures
  alerts: Alerts
  /** What the overview asks beyond these. */
  overview: OverviewFigures
  retention: Retention
  /** One refresh that is rehearsed. */
  rehearsal: RefreshRehearsal
  /** Runs that are rehearsed: no provider is asked and no connection changes. */
  rehearsals: Pick<RunService, 'run'>
}

/** Puts the refresh log and what follows from it together. Nothing runs yet. */
export function buildRefreshLog(parts: RefreshLogParts): RefreshLogDoors {
  const { driver, providers, clock, sleep, retention: settings = DEFAULT_RETENTION } = parts
  const rehearsal = buildRehearsal(parts)
  const figures = new Figures(driver, clock, sleep)
  return {
    log: new RefreshLog(driver, figures),
    figures,
    alerts: new Alerts({ driver, figures, providers, limits: DEFAULT_LIMITS }),
    overview: new OverviewFigures(driver, clock),
    retention: new Retention({ driver, settings, clock, sleep }),
    rehearsal,
    rehearsals: new RunService({ ...parts, refresh: rehearsal, workerId: parts.workers.id }),
  }
}

function buildRehearsal(parts: RefreshLogParts): RefreshRehearsal {
  const { driver, workers, requestDeadline, catalogue } = parts
  const rehearsal = new Rehearsal({ driver, workerId: workers.id, lease: leaseFor(requestDeadline) })
  return new RefreshRehearsal({ ...parts, rehearsal, followProviders: () => catalogue.reloadIfChanged() })
}
