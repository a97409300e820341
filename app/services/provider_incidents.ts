import db from '@adonisjs/lucid/services/db'
import { fromInstant } from '#models/columns'

/** A time in which requests to a client registration waited for more than a moment's limit. Instants in milliseconds. */
export interface Incident {
  cause: 'unavailable' | 'configuration'
  code: string | null
  at: number
  /** Null while it lasts. */
  endedAt: number | null
}

const LOOKED_AT = 400
const NAMES = ['provider.paused', 'provider.recovered']

/** The incidents of an organization's gates, the newest first, as far back as its events are kept. */
export async function incidentsByGate(organizationId: string): Promise<Map<string, Incident[]>> {
  const rows = await db
    .from('events')
    .where('organization_id', organizationId)
    .whereIn('name', NAMES)
    .orderBy('created_at', 'desc')
    .limit(LOOKED_AT)
    .select('name', 'data', 'created_at')
  const found = new Map<string, Incident[]>()
  for (const { name, data, created_at: created } of rows.reverse()) {
    const { gate, cause, code } = typeof data === 'string' ? JSON.parse(data) : data
    const at = fromInstant(created)?.toMillis() ?? 0
    found.set(gate, follow(found.get(gate) ?? [], { begins: name === NAMES[0], cause, code, at }))
  }
  return found
}

interface Change extends Pick<Incident, 'cause' | 'code' | 'at'> {
  begins: boolean
}

/** A change ends what was going on; a pause also begins something new. */
function follow(earlier: readonly Incident[], { begins, cause, code, at }: Change): Incident[] {
  const [newest, ...rest] = earlier
  const ended = newest ? [{ ...newest, endedAt: newest.endedAt ?? at }, ...rest] : []
  return begins ? [{ cause, code: code ?? null, at, endedAt: null }, ...ended] : ended
}
