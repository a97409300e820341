import type { DisconnectResult, Disconnections } from '#services/disconnect/disconnections'
import { DELETE_DISCONNECTED } from '#services/disconnect/disconnect_sql'
import { run, type StoreDriver } from '#store/driver'

/**
 * Why a connection is still there: it derives from another, whose end would end it, or a person connected it again while
 * it was being deleted.
 */
export type Deletion = { ok: true } | { ok: false; reason: 'not_found' | 'derived' | 'connected_again' }

/**
 * Ends connections at their providers and deletes them with everything that hangs on them: derived accounts, their logs,
 * events, memberships of campaigns. Tokens that a provider has not ended yet stay in the outbox of revocations.
 */
export class ConnectionDeletion {
  constructor(
    private readonly deps: { driver: StoreDriver; disconnections: Pick<Disconnections, 'disconnect'> }
  ) {}

  /** A process that dies on the way leaves a disconnected connection, which can be deleted again. */
  async delete(organizationId: string, id: string): Promise<Deletion> {
    const ended: DisconnectResult = await this.deps.disconnections.disconnect(organizationId, id)
    if (!ended.ok) return ended
    const values = [id.toLowerCase(), organizationId]
    const deleted = await this.deps.driver.transaction(() => run(DELETE_DISCONNECTED, values))
    return deleted === 1 ? { ok: true } : { ok: false, reason: 'connected_again' }
  }
}
