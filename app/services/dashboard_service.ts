import db from '@adonisjs/lucid/services/db'
import Connection from '#models/connection'
import RefreshAttempt from '#models/refresh_attempt'
import User from '#models/user'
import Worker from '#models/worker'

/** The scheduler's last sign of life, over all processes. Ages in milliseconds. */
export interface Heartbeat {
  age: number | null
  interval: number | null
}

const LOG_LENGTH = 50
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Read-only figures for pages, always of one organization. */
export class DashboardService {
  async heartbeat(now: number): Promise<Heartbeat> {
    const worker = await Worker.query()
      .whereNotNull('scheduler_ticked_at')
      .orderBy('scheduler_ticked_at', 'desc')
      .first()
    if (!worker?.schedulerTickedAt) return { age: null, interval: null }
    return {
      age: Math.max(0, now - worker.schedulerTickedAt.toMillis()),
      interval: worker.schedulerIntervalMs,
    }
  }

  /** Why this database may refresh nothing; null where it may. */
  async quarantine(): Promise<string | null> {
    const row = await db
      .from('installation')
      .whereNotNull('quarantined_at')
      .select('quarantine_reason')
      .first()
    return row ? row.quarantine_reason : null
  }

  /** The connection, or null where it does not exist in this organization. */
  async connection(organizationId: string, id: string): Promise<Connection | null> {
    if (!UUID.test(id)) return null
    const query = Connection.query().where('organization_id', organizationId).preload('parent')
    return query.where('id', id.toLowerCase()).first()
  }

  /** How many accounts the organization has at each provider. */
  async accountsByProvider(organizationId: string): Promise<Map<string, number>> {
    const rows = await db
      .from('connections')
      .where('organization_id', organizationId)
      .select('provider')
      .count('* as count')
      .groupBy('provider')
    return new Map(rows.map(({ provider, count }) => [provider as string, Number(count)]))
  }

  /** The newest entries of its refresh log. */
  async attempts(connection: Connection): Promise<RefreshAttempt[]> {
    return RefreshAttempt.query()
      .where('organization_id', connection.organizationId)
      .where('connection_id', connection.id)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(LOG_LENGTH)
  }

  /** The person who signs in as this owner, where there is one. */
  async ownerName(connection: Connection): Promise<string | null> {
    if (!connection.ownerUserId) return null
    const user = await User.find(connection.ownerUserId)
    return user ? (user.fullName ?? user.email) : null
  }
}

export default new DashboardService()
