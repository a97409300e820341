import type { Discovery } from '#oauth/discovery'
import { speaksOfEndpoint } from '#oauth/endpoint_trouble'
import type { ProviderRegistry } from '#oauth/registry'
import type { Provider } from '#oauth/types'
import type { McpService } from '#services/mcp/mcp_service'
import type { AttemptDependencies } from '#services/refresh_attempt'
import type { Settlement } from '#token_refresh/settlement'

type Turns = AttemptDependencies['turns']

interface Parts {
  providers: ProviderRegistry
  discovery: Discovery
  mcp: Pick<McpService, 'expired' | 'refreshFailed'>
}

/**
 * What surrounds an attempt for the sake of providers whose endpoints and clients are found out: endpoints come from
 * discovery, unless our client has ended; and once a failure is settled, metadata that may be out of date is forgotten
 * and a client that is gone is registered anew.
 */
export function refreshHooks(
  { providers, discovery, mcp }: Parts,
  turns: Turns
): Pick<AttemptDependencies, 'resolveServer' | 'turns'> {
  return {
    async resolveServer(provider: Provider) {
      const failure = mcp.expired(provider)
      return failure ? { ok: false, failure } : discovery.resolve(provider)
    },
    turns: {
      pausedSince: (...query) => turns.pausedSince(...query),
      async settle(settlement: Settlement) {
        const settled = await turns.settle(settlement)
        const { claim, ending } = settlement
        const provider = providers.find(claim.provider)
        if (!provider || (ending.type !== 'failure' && ending.type !== 'spare')) return settled
        const { failure } = ending.decision
        if (speaksOfEndpoint(failure)) discovery.forget(provider)
        mcp.refreshFailed(provider, failure)
        return settled
      },
    },
  }
}
