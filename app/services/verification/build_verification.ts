import { setTimeout as sleep } from 'node:timers/promises'
import type { Discovery } from '#oauth/discovery'
import type { ProviderRegistry } from '#oauth/registry'
import type { Clock, Random, Transport } from '#oauth/types'
import { gateTimingOf, type TimingSettings } from '#services/engine_timing'
import { HealthCheckService } from '#services/health_check_service'
import type { ProviderCatalogue } from '#services/provider_catalogue'
import type { RefreshReport } from '#services/refresh_report'
import type { TokenRefreshService } from '#services/token_refresh_service'
import type { TokenNews } from '#services/token_manager/token_news'
import { AccountCheck } from '#services/verification/account_check'
import { DueValidations } from '#services/verification/due_validations'
import { TokenValidation } from '#services/verification/token_validation'
import { VerificationRuns, type VerificationPace } from '#services/verification/verification_runs'
import { VerificationSelector } from '#services/verification/verification_selection'
import { VerificationService } from '#services/verification/verification_service'
import { VerificationStore } from '#services/verification/verification_store'
import type { StoreDriver } from '#store/driver'
import { providersOf } from '#token_refresh/gate_directory'
import type { RefreshTiming } from '#token_refresh/types'
import type { Vault } from '#vault/vault'

export interface VerificationParts extends TimingSettings {
  providers: ProviderRegistry
  vault: Vault
  driver: StoreDriver
  transport: Transport
  discovery: Pick<Discovery, 'resolve'>
  refresh: Pick<TokenRefreshService, 'refreshOne'>
  report: RefreshReport
  news?: Pick<TokenNews, 'publish'>
  catalogue: Pick<ProviderCatalogue, 'reloadIfChanged'>
  clock: Clock
  random: Random
  timing: RefreshTiming
  sleep?: (milliseconds: number) => Promise<void>
  verification?: VerificationSettings
  /** This process in the table of workers. */
  workerId?: string
}

export interface VerificationSettings extends VerificationPace {
  /** Connections that `validate-and-refresh` looks at side by side. */
  validateConcurrency: number
}

const GENTLE: VerificationSettings = { concurrency: 3, spacing: 1_000, validateConcurrency: 5 }

/** The doors of verification: one connection, many, those of a caller, and those that are due. */
export interface VerificationDoors {
  verification: VerificationService
  verificationRuns: VerificationRuns
  tokenValidation: TokenValidation
  dueValidations: DueValidations
  healthCheck: HealthCheckService
}

/** Puts verification together. Nothing runs yet. */
export function buildVerification(parts: VerificationParts): VerificationDoors {
  const { providers, vault, driver, transport, discovery, clock, verification: settings = GENTLE } = parts
  const store = new VerificationStore(driver, {
    timing: gateTimingOf(parts),
    providersOf: (gateId) => providersOf(providers, gateId),
  })
  const selector = new VerificationSelector(driver)
  const check = new AccountCheck({ vault, transport, discovery, clock, deadline: parts.requestDeadline })
  const followProviders = () => parts.catalogue.reloadIfChanged()
  const verification = new VerificationService({ ...parts, store, check, followProviders })
  const concurrency = settings.validateConcurrency
  const many = {
    ...{ verification, selector, pace: settings, clock, sleep: parts.sleep ?? sleep },
    workerId: parts.workerId,
  }
  return {
    verification,
    verificationRuns: new VerificationRuns(many),
    tokenValidation: new TokenValidation({ verification, selector, concurrency }),
    dueValidations: new DueValidations({ ...many, providers }),
    healthCheck: new HealthCheckService({ verification, report: parts.report, concurrency }),
  }
}
