import Connection, { type ConnectionStatus } from '#models/connection'

/** How one of an owner's platforms stands (P6). */
export interface PlatformHealth {
  platform: string
  connected: boolean
  status: 'healthy' | 'needs_reconnect'
  reconnect_url: string | null
}

/** Where a person renews this connection; null where nobody can from here. */
export type ReconnectUrl = (connection: { id: string; provider: string }) => string | null

const ENDED: ReadonlySet<ConnectionStatus> = new Set(['needs_reauth', 'suspended', 'disconnected', 'error'])

/**
 * The platforms of an owner in an organization, one entry each, by name. With several accounts on one platform the one
 * that needs a person speaks for all, so that it is not hidden by its neighbours. Never holds a token or a provider's
 * own words.
 */
export async function platformHealth(
  organizationId: string,
  owner: string,
  reconnectUrl: ReconnectUrl
): Promise<PlatformHealth[]> {
  const connections = await Connection.query()
    .where({ organization_id: organizationId, owner })
    .whereNull('parent_id')
    .select('id', 'provider', 'status', 'is_active')
    .orderBy('provider')
    .orderBy('id')
  const platforms = Map.groupBy(connections, ({ provider }) => provider)
  return [...platforms].map(([platform, accounts]) => {
    const ended = accounts.find(({ status, isActive }) => ENDED.has(status) || !isActive)
    return {
      platform,
      connected: accounts.some(({ status }) => status !== 'disconnected'),
      status: ended ? 'needs_reconnect' : 'healthy',
      reconnect_url: ended ? reconnectUrl(ended) : null,
    }
  })
}
