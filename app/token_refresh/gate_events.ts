import { all, runAll, type Work } from '#store/driver'
import type { GateState } from '#token_refresh/client_gate'
import { tell } from '#token_refresh/outbox'

/** What became of a gate, for people. */
export interface GateNews {
  name: 'provider.paused' | 'provider.recovered'
  severity: 'normal' | 'high' | 'urgent'
  cause: 'configuration' | 'unavailable'
}

const SEVERITIES = { configuration: 'urgent', unavailable: 'high' } as const

/**
 * What people hear of a gate's change: that it was closed for a reason that is more than a moment's limit, and that it is
 * open again. Probes that fail in between are no news; a wrong configuration found behind an outage is. Pure.
 */
export function gateNews(before: GateState, after: GateState): GateNews | null {
  const [was, is] = [troubleOf(before), troubleOf(after)]
  if (is === was) return null
  if (is) return { name: 'provider.paused', severity: SEVERITIES[is], cause: is }
  return was && { name: 'provider.recovered', severity: 'normal', cause: was }
}

function troubleOf({ flow, reason }: GateState): GateNews['cause'] | null {
  return flow === 'open' || reason === 'rate_limited' ? null : reason
}

/** The organizations that use these providers, each with the first of its own. Values: providers. */
const concerned = (count: number) => `SELECT organization_id, MIN(provider) AS provider FROM connections
  WHERE is_active AND provider IN (${Array(count).fill('?').join(', ')})
  GROUP BY organization_id ORDER BY organization_id`

/** A change of a gate that is news. */
export interface GateChange {
  gateId: string
  /** All providers whose requests pass the gate. */
  providers: readonly string[]
  news: GateNews
  after: GateState
  at: number
}

/**
 * Tells each organization that has active connections at a provider of the gate, once. Belongs into the transaction that
 * stores the gate.
 */
export function* tellOfGate({ gateId, providers, news, after, at }: GateChange): Work<void> {
  const { name, severity, cause } = news
  const data = { cause, code: after.errorCode, until: after.until, gate: gateId, providers }
  const rows = yield* all(concerned(providers.length), providers)
  const events = rows.map(({ organization_id: organization, provider }) => ({
    organizationId: organization as string,
    connectionId: null,
    ...{ provider: provider as string, name, severity, data },
    key: `${name}:${gateId}:${cause}:${at}:${String(organization)}`,
  }))
  yield* runAll(events.map((event) => tell(event, at)))
}
