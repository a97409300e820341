import Connection from '#models/connection'
import dashboard from '#services/dashboard_service'
import { needsPerson } from '#services/connection_health'
import { expiringGrants, type ExpiringGrants } from '#services/expiring_grants'
import type { OverviewFigures, Trouble } from '#services/overview/overview_figures'
import { TROUBLED } from '#services/overview/overview_sql'
import type { ClosedGate, ProviderFacts } from '#services/provider_facts'

/** So many accounts with one cause are one matter. */
export const GROUPED_FROM = 3
/** How many matters a page shows. */
export const SHOWN = 8

/** A provider whose requests wait, which concerns so many accounts. */
export interface GateMatter {
  provider: string
  gate: ClosedGate
  accounts: number
}

/** An account in trouble, and since when as far as the log knows. */
export interface AccountMatter {
  connection: Connection
  since: number | null
}

/** What somebody should look at, not yet in words. */
export interface Attention {
  gates: GateMatter[]
  groups: Trouble[]
  accounts: AccountMatter[]
  ending: ExpiringGrants
  /** Accounts in trouble altogether. */
  troubled: number
}

interface AttentionInput {
  organizationId: string
  figures: Pick<OverviewFigures, 'troubles' | 'lastTried'>
  facts: ProviderFacts
  now: number
}

/**
 * What needs somebody in an organization. Accounts that share a cause are one group. What waits for a provider is that
 * provider's matter, and an account whose trouble is its parent's is not named beside that.
 */
export async function attention(input: AttentionInput): Promise<Attention> {
  const { organizationId, facts, now } = input
  const all = await input.figures.troubles(organizationId)
  const own = all.filter(
    (trouble) => needsPerson(asFacts(trouble)) || !facts.closedGates.has(trouble.provider)
  )
  const few = own.filter(({ accounts }) => accounts < GROUPED_FROM)
  return {
    gates: await gateMatters(input),
    groups: own.filter(({ accounts }) => accounts >= GROUPED_FROM),
    accounts: await members(input, few),
    ending: await expiringGrants(organizationId, now),
    troubled: all.reduce((sum, { accounts }) => sum + accounts, 0),
  }
}

/** What `needsPerson` asks of a group. */
export function asFacts({ status, isActive }: Pick<Trouble, 'status' | 'isActive'>) {
  return { status: status as Connection['status'], isActive }
}

async function gateMatters({ organizationId, facts }: AttentionInput): Promise<GateMatter[]> {
  if (facts.closedGates.size === 0) return []
  const accounts = await dashboard.accountsByProvider(organizationId)
  return [...facts.closedGates].flatMap(([provider, gate]) => {
    const count = accounts.get(provider) ?? 0
    return count === 0 ? [] : [{ provider, gate, accounts: count }]
  })
}

/** The accounts of small groups, those that need a person first. */
async function members({ organizationId, figures }: AttentionInput, groups: readonly Trouble[]) {
  const urgent = groups.toSorted(
    (one, other) => Number(needsPerson(asFacts(other))) - Number(needsPerson(asFacts(one)))
  )
  const found: Connection[] = []
  for (const group of urgent) {
    if (found.length >= SHOWN) break
    found.push(...(await membersOf(organizationId, group)))
  }
  const last = await figures.lastTried(found.map(({ id }) => id))
  return found.map((connection): AccountMatter => {
    const failedAt = connection.tokenRefreshFailedAt?.toMillis()
    return { connection, since: failedAt ?? last.get(connection.id) ?? null }
  })
}

function membersOf(organizationId: string, { provider, status, reason, isActive }: Trouble) {
  const query = Connection.query()
    .where({ organization_id: organizationId, provider, status })
    .where('is_active', isActive)
    .whereRaw(TROUBLED)
  if (reason === null) query.whereNull('status_reason')
  else query.where('status_reason', reason)
  return query.orderBy('id').limit(GROUPED_FROM)
}
