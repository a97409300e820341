import type { ProviderRegistry } from '#oauth/registry'
import type { Clock, Random } from '#oauth/types'
import { AuthorizationService } from '#services/campaigns/authorization_service'
import { CampaignReader } from '#services/campaigns/campaign_reader'
import { CampaignService } from '#services/campaigns/campaign_service'
import { CampaignSessions } from '#services/campaigns/campaign_sessions'
import { SessionStore } from '#services/campaigns/session_store'
import { SessionWatch } from '#services/campaigns/session_watch'
import { WindowStore } from '#services/campaigns/window_store'
import type { HealthCheckService } from '#services/health_check_service'
import type { RefreshReport } from '#services/refresh_report'
import type { TokenRefreshService } from '#services/token_refresh_service'
import type { VerificationService } from '#services/verification/verification_service'
import type { StoreDriver } from '#store/driver'

export interface CampaignParts {
  driver: StoreDriver
  providers: ProviderRegistry
  refresh: Pick<TokenRefreshService, 'refreshOne'>
  verification: Pick<VerificationService, 'verify'>
  healthCheck: Pick<HealthCheckService, 'checkBeforeSession'>
  report: Pick<RefreshReport, 'follow' | 'trouble'>
  clock: Clock
  random: Random
  sleep: (milliseconds: number) => Promise<void>
}

/** The doors of campaigns: what they are, until when they may use which channel, and their sessions. */
export interface CampaignDoors {
  campaigns: CampaignService
  windows: AuthorizationService
  campaignSessions: CampaignSessions
  /** Marks live sessions whose members' condition changes; to be settled before the database goes. */
  sessionWatch: SessionWatch
}

/** Puts campaigns together. From here on live sessions hear of every transition of their members. */
export function buildCampaigns(parts: CampaignParts): CampaignDoors {
  const { driver, clock, report } = parts
  const store = new SessionStore(driver)
  const watch = new SessionWatch({ store, onTrouble: (error) => report.trouble(error) })
  report.follow(({ connectionId }) => watch.notice(connectionId))
  const windows = new WindowStore(parts)
  const onWindow = (connectionId: string) => watch.notice(connectionId)
  const reader = new CampaignReader({ driver, clock })
  return {
    campaigns: new CampaignService({ driver, clock, reader, windows, onWindow }),
    windows: new AuthorizationService({ ...parts, windows, onWindow }),
    campaignSessions: new CampaignSessions({ store, watch, healthCheck: parts.healthCheck }),
    sessionWatch: watch,
  }
}
