import type { ProviderRegistry } from '#oauth/registry'
import type { Random } from '#oauth/types'
import { OPEN } from '#services/campaigns/campaign_sql'
import { instantOf } from '#services/campaigns/rows'
import { replanned, toToken } from '#services/campaigns/window_rules'
import type { KeepAlive } from '#token_refresh/keep_alive'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'

type Dialect = StoreDriver['dialect']

/** One channel in one campaign of one organization. */
export interface MemberKey {
  organizationId: string
  campaignId: string
  connectionId: string
}

/** Values: connection, organization. Held until the transaction ends, so that windows of one channel change one by one. */
const lockConnection = (dialect: Dialect) => `SELECT * FROM connections WHERE id = ? AND organization_id = ?
  ${lock(dialect)}`

/** In one order, so that two transactions never wait for each other. Values: campaign. */
const lockMembers = (dialect: Dialect) => `SELECT * FROM connections
  WHERE id IN (SELECT connection_id FROM campaign_members WHERE campaign_id = ?) ORDER BY id ${lock(dialect)}`

const lock = (dialect: Dialect) => (dialect === 'postgres' ? 'FOR NO KEY UPDATE' : '')

/** A later end stands: a second grant takes nothing away. Values: now, end, end, now, user, campaign, connection, organization. */
const GRANT = `UPDATE campaign_members SET
    authorized_until = CASE WHEN revoked_at IS NULL AND authorized_until > ?t AND authorized_until > ?t
      THEN authorized_until ELSE ?t END,
    authorized_at = ?t, authorized_by = ?, revoked_at = NULL
  WHERE campaign_id = ? AND connection_id = ? AND EXISTS (SELECT 1 FROM campaigns
    WHERE campaigns.id = campaign_members.campaign_id AND organization_id = ? AND archived_at IS NULL)
  RETURNING authorized_until`

/** Values: campaign, connection, organization. */
const READ_WINDOW = `SELECT member.authorized_until, member.revoked_at FROM campaign_members AS member
  JOIN campaigns ON campaigns.id = member.campaign_id
  WHERE member.campaign_id = ? AND member.connection_id = ? AND campaigns.organization_id = ?
    AND campaigns.archived_at IS NULL`

const MOVE_END =
  'UPDATE campaign_members SET authorized_until = ?t WHERE campaign_id = ? AND connection_id = ?'

/** Values: now, now, campaign, connection, organization. */
const CLOSE = `UPDATE campaign_members SET authorized_until = ?t, revoked_at = ?t
  WHERE campaign_id = ? AND connection_id = ? AND revoked_at IS NULL AND authorized_until > ?t
    AND EXISTS (SELECT 1 FROM campaigns WHERE campaigns.id = campaign_members.campaign_id AND organization_id = ?)`

/**
 * Closes every window of a connection that is held and loses its `keep_alive_until` in the same transaction: with the
 * consent ends what was granted by it. Values: now, now, connection, now.
 */
export const CLOSE_WINDOWS_OF = `UPDATE campaign_members SET authorized_until = ?t, revoked_at = ?t
  WHERE connection_id = ? AND revoked_at IS NULL AND authorized_until > ?t`

/** Values: connection, now. */
const LATEST_END = `SELECT max(member.authorized_until) AS latest FROM campaign_members AS member
  JOIN campaigns ON campaigns.id = member.campaign_id AND campaigns.archived_at IS NULL
  WHERE member.connection_id = ? AND ${OPEN}`

const FOLLOW = `UPDATE connections SET keep_alive_until = ?t, next_refresh_at = ?t, updated_at = ?t WHERE id = ?`

/** Values: word, connection. */
const OVERRIDE = 'UPDATE connections SET keep_alive = ? WHERE id = ?'

/**
 * Authorization windows and what follows from them for the connection: `keep_alive_until` is the latest open window over
 * all campaigns, and the plan changes with it, in the same transaction. It never touches the lease: a refresh in flight
 * plans the next one from the `keep_alive_until` that it finds when it settles.
 */
export class WindowStore {
  constructor(private readonly deps: { driver: StoreDriver; providers: ProviderRegistry; random: Random }) {}

  /** The connection, held, with the database's time; null where the organization has none of this id. */
  *hold({
    connectionId,
    organizationId,
  }: Omit<MemberKey, 'campaignId'>): Work<{ row: Row; now: number } | null> {
    const [row] = yield* all(lockConnection(this.deps.driver.dialect), [connectionId, organizationId])
    return row ? { row, now: yield* now() } : null
  }

  /** Opens the window of a held connection and returns its end; null where it is no member, or the campaign is archived. */
  *grant(
    key: MemberKey,
    held: { row: Row; now: number },
    until: number,
    by: string | null
  ): Work<number | null> {
    const { campaignId, connectionId, organizationId } = key
    const values = [held.now, until, until, held.now, by, campaignId, connectionId, organizationId]
    const [window] = yield* all(GRANT, values)
    if (!window) return null
    yield* this.#follow(held.row, held.now)
    return Number(window.authorized_until)
  }

  /** The window of a member; null where it is no member. `until` is null where the window was revoked or never granted. */
  *window({ campaignId, connectionId, organizationId }: MemberKey): Work<{ until: number | null } | null> {
    const [row] = yield* all(READ_WINDOW, [campaignId, connectionId, organizationId])
    if (!row) return null
    return { until: row.revoked_at === null ? instantOf(row.authorized_until) : null }
  }

  /** Moves the end of an open window of a held connection. */
  *moveEnd(
    { campaignId, connectionId }: MemberKey,
    held: { row: Row; now: number },
    until: number
  ): Work<void> {
    yield* run(MOVE_END, [until, campaignId, connectionId])
    yield* this.#follow(held.row, held.now)
  }

  /** Closes a window now. Closing one that is not open changes nothing. */
  *close(key: MemberKey): Work<void> {
    const held = yield* this.hold(key)
    if (!held) return
    const { campaignId, connectionId, organizationId } = key
    const values = [held.now, held.now, campaignId, connectionId, held.now, organizationId]
    if ((yield* run(CLOSE, values)) > 0) yield* this.#follow(held.row, held.now)
  }

  /** Closes all windows of a campaign. */
  *closeAll(campaignId: string, at: number): Work<void> {
    for (const row of yield* all(lockMembers(this.deps.driver.dialect), [campaignId])) {
      const { id, organization_id: organizationId } = row as { id: string; organization_id: string }
      yield* run(CLOSE, [at, at, campaignId, id, at, organizationId])
      yield* this.#follow(row, at)
    }
  }

  /** Keeps a connection alive otherwise than its provider says, or, with null, as that says; false where there is none. */
  *override(organizationId: string, connectionId: string, keepAlive: KeepAlive | null): Work<boolean> {
    const held = yield* this.hold({ organizationId, connectionId })
    if (!held) return false
    yield* run(OVERRIDE, [keepAlive, connectionId])
    yield* this.#follow({ ...held.row, keep_alive: keepAlive }, held.now)
    return true
  }

  *#follow(row: Row, at: number): Work<void> {
    const id = row.id as string
    const [window] = yield* all(LATEST_END, [id, at])
    const keepAliveUntil = instantOf(window?.latest)
    const provider = this.deps.providers.find(row.provider as string)
    const next = replanned(provider, toToken(row), keepAliveUntil, at, this.deps.random)
    yield* run(FOLLOW, [keepAliveUntil, next, at, id])
  }
}
