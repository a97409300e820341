import { toWire, USER_AGENT } from '#oauth/outgoing'
import type { Provider, Transport } from '#oauth/types'
import type { McpService } from '#services/mcp/mcp_service'
import type { ServerAnswer } from '#services/ask_provider'
import { RefreshAttempt, type AttemptDependencies } from '#services/refresh_attempt'
import { skipped } from '#services/refresh_outcome'
import { RefreshReport } from '#services/refresh_report'
import { rehearsedAnswer } from '#services/rehearsed_answer'
import type { Rehearsal } from '#token_refresh/rehearsal'
import type { Claim, RefreshOutcome, RefreshRequest } from '#token_refresh/types'

type Judgement = Pick<
  AttemptDependencies,
  'providers' | 'vault' | 'clock' | 'random' | 'timing' | 'requestDeadline'
>

interface RehearsalDependencies extends Judgement {
  rehearsal: Pick<Rehearsal, 'claim' | 'settle'>
  mcp: Pick<McpService, 'expired'>
  followProviders: () => Promise<void>
}

const SILENT = { info() {}, warn() {}, error() {} }
// A provider whose endpoint is found by discovery is not asked for it. Nothing is ever sent there.
const NOWHERE = 'https://rehearsal.invalid/token'

/**
 * Refreshes in a rehearsal (M4): claim, request, judgement, decision and settlement as in earnest, except that the
 * provider is not asked and everything in the database is taken back. What is wrong on our side shows: a token that does
 * not open, a client that is not configured, a variable that is missing.
 */
export class RefreshRehearsal {
  constructor(private readonly deps: RehearsalDependencies) {}

  /** Rehearses the refresh of one connection. Expected failures come back as a value; only bugs reject. */
  async refreshOne(connectionId: string, request: RefreshRequest): Promise<RefreshOutcome> {
    await this.deps.followProviders()
    const claim = await this.deps.rehearsal.claim(connectionId, request.force === true)
    if (!claim) return skipped(connectionId, 'provider_busy')
    return this.#attempt(claim).run(claim, { ...request, kind: 'test' }, this.deps.clock.monotonic())
  }

  #attempt(claim: Claim): RefreshAttempt {
    const { rehearsal, mcp } = this.deps
    return new RefreshAttempt({
      ...this.deps,
      turns: { settle: (settlement) => rehearsal.settle(settlement), pausedSince: () => false },
      children: { derive: async () => 'nothing_owed' },
      disconnections: { late: async () => {} },
      transport: this.#transport(claim),
      resolveServer: async (provider) => resolveLocally(provider, mcp),
      report: new RefreshReport(SILENT, '', () => {}),
    })
  }

  /** Writes the request out to its last byte, as the real one would be, and answers in the provider's stead. */
  #transport(claim: Claim): Transport {
    const { providers, clock } = this.deps
    return {
      async send(request) {
        const receivedAt = clock.now()
        try {
          toWire(request, USER_AGENT)
        } catch {
          const description = 'The request cannot be written: its address or a header is not valid.'
          return { ok: false, sent: false, code: 'invalid_request', description, receivedAt }
        }
        const left = Math.max(0, (claim.tokenExpiresAt ?? 0) - claim.claimedAt)
        const provider = providers.find(claim.provider) as Provider
        return rehearsedAnswer(provider, left, receivedAt)
      },
    }
  }
}

function resolveLocally(provider: Provider, mcp: Pick<McpService, 'expired'>): ServerAnswer {
  const failure = mcp.expired(provider)
  if (failure) return { ok: false, failure }
  const { server } = provider
  return { ok: true, server: server.issuer ? { token_endpoint: NOWHERE, ...server } : server }
}
