import type { RefreshReport } from '#services/refresh_report'
import { adviceOn, type Advice } from '#services/verification/advice'
import { isUsable } from '#services/verification/verification'
import type { VerificationService } from '#services/verification/verification_service'

/** An account with which no session should start. */
export interface Unhealthy extends Advice {
  connectionId: string
  provider: string | null
  username: string | null
  reason: string
  errorCode: string | null
  /** When another try makes sense, in milliseconds since the epoch. */
  retryAt: number | null
}

export interface SessionHealth {
  healthy: boolean
  checked: number
  unhealthy: Unhealthy[]
}

export interface HealthCheckDependencies {
  verification: Pick<VerificationService, 'verify'>
  report: Pick<RefreshReport, 'healthCheck'>
  concurrency: number
}

/** Whether accounts are fit for a session that is about to start (T8). */
export class HealthCheckService {
  constructor(private readonly deps: HealthCheckDependencies) {}

  /**
   * Checks each connection: what is expiring, expired or refused by its provider is refreshed once, with a log line for
   * the try and one for its result. Answers who is not healthy, why, and what to do. Where the provider offers no test,
   * a token within its life counts as healthy; where the test came to nothing, the account does not.
   */
  async checkBeforeSession(connectionIds: readonly string[]): Promise<SessionHealth> {
    const ids = [...new Set(connectionIds)]
    const unhealthy = new Map<string, Unhealthy>()
    const queue = ids.values()
    const work = async () => {
      for (const id of queue) {
        const problem = await this.#check(id)
        if (problem) unhealthy.set(id, problem)
      }
    }
    await Promise.all(Array.from({ length: this.deps.concurrency }, work))
    const told = ids.map((id) => unhealthy.get(id)).filter((one) => one !== undefined)
    return { healthy: told.length === 0, checked: ids.length, unhealthy: told }
  }

  async #check(id: string): Promise<Unhealthy | null> {
    const found = await this.deps.verification.verify(id, {
      autoRefresh: true,
      refreshExpiring: true,
      kind: 'health_check',
      onRefresh: (step) => this.deps.report.healthCheck(step),
    })
    if (isUsable(found) && found.reason !== 'expiring') return null
    const { connectionId, provider, username, reason, errorCode, retryAt } = found
    return { connectionId, provider, username, reason, errorCode, retryAt, ...adviceOn(found) }
  }
}
