import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import type { ConnectionStatus } from '#models/connection'
import type { ProviderRegistry } from '#oauth/registry'
import type { Clock } from '#oauth/types'
import { hasRefreshPath } from '#services/refresh_path'
import { REACTIVATED } from '#token_refresh/transition_events'

/** What a switch did, or why it did nothing. `reconnect` tells that only a new consent can revive the grant. */
export type SwitchResult = { ok: true; reconnect?: boolean } | { ok: false; reason: string }

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NOT_FOUND: SwitchResult = { ok: false, reason: 'not_found' }

/**
 * What people switch on a connection: pause, resume, reactivate. Each is one statement, and none touches the lease: a
 * refresh in flight ends as it would have.
 */
export class ConnectionSwitches {
  constructor(private readonly deps: { providers: ProviderRegistry; clock: Clock }) {}

  async pause(organizationId: string, id: string): Promise<SwitchResult> {
    return this.#setPause(organizationId, id, toInstant(this.deps.clock.now()))
  }

  async resume(organizationId: string, id: string): Promise<SwitchResult> {
    return this.#setPause(organizationId, id, null)
  }

  /** T10: takes a connection back into service and has it checked at once, if there is anything to refresh. */
  async reactivate(organizationId: string, id: string): Promise<SwitchResult> {
    const row = await this.#read(organizationId, id)
    if (!row) return NOT_FOUND
    if (row.status === 'disconnected') return { ok: false, reason: 'disconnected' }
    if (isInService(row)) return { ok: true }
    const now = toInstant(this.deps.clock.now())
    const changed = await one(organizationId, id)
      .whereNot('status', 'disconnected')
      .update({
        status: db.raw(`CASE WHEN token_expires_at <= ? THEN 'token_expired' ELSE 'connected' END`, [
          now as number,
        ]),
        ...IN_SERVICE,
        status_reason: this.#canRefresh(row) ? REACTIVATED : null,
        next_refresh_at: this.#canRefresh(row) ? now : null,
        updated_at: now,
      })
    if (Number(changed) === 0) return NOT_FOUND
    return row.status === 'needs_reauth' ? { ok: true, reconnect: true } : { ok: true }
  }

  /** Says again what is so already without harm: a second click is no error. */
  async #setPause(organizationId: string, id: string, pausedAt: number | Date | null): Promise<SwitchResult> {
    if (!UUID.test(id)) return NOT_FOUND
    const query = one(organizationId, id)
    const applicable = pausedAt === null ? query.whereNotNull('paused_at') : query.whereNull('paused_at')
    const updatedAt = toInstant(this.deps.clock.now())
    const changed = await applicable.update({ paused_at: pausedAt, updated_at: updatedAt })
    return Number(changed) > 0 || (await this.#read(organizationId, id)) ? { ok: true } : NOT_FOUND
  }

  async #read(organizationId: string, id: string): Promise<SwitchRow | null> {
    return UUID.test(id) ? one(organizationId, id).first() : null
  }

  #canRefresh(row: SwitchRow): boolean {
    const parts = { tokenType: row.token_type, hasRefreshToken: row.refresh_token !== null }
    return hasRefreshPath(this.deps.providers.find(row.provider), parts)
  }
}

interface SwitchRow {
  provider: string
  status: ConnectionStatus
  token_type: 'oauth2' | 'oauth1a' | 'static'
  refresh_token: string | null
  is_active: boolean | number
  is_suspended: boolean | number
  token_refresh_failed_at: unknown
}

const IN_SERVICE = {
  is_active: true,
  token_refresh_failed_at: null,
  is_suspended: false,
  suspended_at: null,
  suspended_reason: null,
  error_code: null,
  error_message: null,
  retry_count: 0,
} as const

function isInService(row: SwitchRow): boolean {
  const untroubled = row.status === 'connected' && row.token_refresh_failed_at === null
  return untroubled && Boolean(row.is_active) && !row.is_suspended
}

function one(organizationId: string, id: string) {
  return db.from('connections').where({ id: id.toLowerCase(), organization_id: organizationId })
}
