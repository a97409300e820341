import Connection from '#models/connection'
import type { AuthorizationService } from '#services/campaigns/authorization_service'
import { writeTransaction } from '#services/write_transaction'
import type { KeepAlive } from '#token_refresh/keep_alive'
import type { Priority } from '#token_refresh/urgent_share'

/** What people set on one account. */
export interface AccountSettings {
  tags: readonly string[]
  notes: string | null
  keepAlive: KeepAlive | null
  /** In milliseconds before the end; counts from the next refresh on. */
  refreshMargin: number | null
  /** In percent of the window, 0 to 50; counts from the next refresh on. Null: as usual. */
  refreshJitter: number | null
  priority: Priority
  alertsMuted: boolean
}

/**
 * Stores the settings of an account; false where the organization has no such account. None of them touches the lease: a
 * refresh in flight ends as it would have.
 */
export async function saveAccountSettings(
  windows: Pick<AuthorizationService, 'setKeepAlive'>,
  organizationId: string,
  id: string,
  { tags, notes, keepAlive, ...settings }: AccountSettings
): Promise<boolean> {
  const { refreshMargin, refreshJitter, priority, alertsMuted } = settings
  const changed = await writeTransaction(async (trx) => {
    const own = Connection.query({ client: trx }).where({ organization_id: organizationId, id })
    return own.update({
      tags: JSON.stringify(tags),
      ...{ notes, refresh_margin: refreshMargin, refresh_jitter: refreshJitter },
      ...{ priority, alerts_muted: alertsMuted },
    })
  })
  if (Number(changed) === 0) return false
  const done = await windows.setKeepAlive({ organizationId, userId: null, role: 'admin' }, id, keepAlive)
  return done.ok
}
