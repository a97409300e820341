import { mayAdministerCampaigns, mayAuthorize, mayEditCampaign, mayLead } from '#policies/campaign_policy'
import { mayRevoke, maySeeCampaign, maySeeMember, reachOf, type Standing } from '#policies/campaign_policy'
import * as sql from '#services/campaigns/campaign_sql'
import {
  documentOf,
  idOf,
  instantOf,
  nameOf,
  openUntil,
  reconnectPathOf,
  standingOf,
  toMember,
  troublesOf,
  type MemberRow,
} from '#services/campaigns/rows'
import type {
  Actor,
  CampaignDetail,
  CampaignMemberView,
  CampaignSummary,
  Channel,
  SessionView,
} from '#services/campaigns/types'
import type { Clock } from '#oauth/types'
import { pageOfRows, type Cursor, type ListPage } from '#services/newest_first'
import type { Row, StoreDriver } from '#store/driver'

const PAGE_SIZE = 50

/** What people see of campaigns: each of these answers holds only what the actor may see. */
export class CampaignReader {
  constructor(private readonly deps: { driver: StoreDriver; clock: Clock }) {}

  async list(actor: Actor, { archived = false }: { archived?: boolean } = {}): Promise<CampaignSummary[]> {
    const values = [actor.userId, actor.userId, this.deps.clock.now(), actor.organizationId]
    const rows = await this.deps.driver.read(sql.listCampaigns(archived), values)
    return rows.filter((row) => maySeeCampaign(actor, standingOf(row))).map(toSummary)
  }

  /** One page, the newest first: a list costs the same however many there are. */
  async page(
    actor: Actor,
    {
      archived = false,
      cursor = null,
      size = PAGE_SIZE,
    }: { archived?: boolean; cursor?: Cursor | null; size?: number } = {}
  ): Promise<ListPage<CampaignSummary>> {
    const place = cursor ? [cursor.createdAt, cursor.id] : []
    const values = [actor.userId, actor.userId, this.deps.clock.now(), actor.organizationId, ...place]
    const statement = sql.campaignPage(archived, cursor?.direction ?? null)
    const rows = await this.deps.driver.read(statement, [...values, size + 1])
    const { items, ...around } = pageOfRows(rows, cursor, size)
    const seen = items.filter((row) => maySeeCampaign(actor, standingOf(row)))
    return { items: seen.map(toSummary), ...around }
  }

  /** Null where there is none, or none that this actor may see. */
  async find(actor: Actor, campaignId: string): Promise<CampaignDetail | null> {
    const found = await this.#seen(actor, campaignId)
    if (!found) return null
    const { row, standing } = found
    const { driver, clock } = this.deps
    const id = row.id as string
    const [members, masters, sessions] = await Promise.all([
      driver.read(sql.membersOf(driver.dialect), [id]),
      driver.read(sql.GAME_MASTERS_OF, [id]),
      driver.read(sql.SESSIONS_OF, [id]),
    ])
    const isWhole = maySeeMember(actor, standing, { ownerUserId: null })
    const seen = members.map(toMember).filter((member) => maySeeMember(actor, standing, member))
    return {
      ...toSummary(row),
      memberList: seen.map((member) => toMemberView(member, { actor, standing, now: clock.now() })),
      gameMasters: isWhole ? masters.map(toPerson) : [],
      sessions: sessions.map((session) => toSession(session, new Set(seen.map(idOfMember)))),
      may: {
        rename: mayEditCampaign(actor, standing),
        lead: mayLead(actor, standing),
        administer: mayAdministerCampaigns(actor),
      },
    }
  }

  /** What may still be added to a campaign; null where the actor may not add anything. `find`: a part of a channel's name. */
  async addable(actor: Actor, campaignId: string, { find = '' }: { find?: string } = {}) {
    const found = await this.#seen(actor, campaignId)
    if (!found || !mayEditCampaign(actor, found.standing)) return null
    const values = [actor.organizationId, found.row.id as string]
    const pattern = `%${find.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
    const addable = sql.addableConnections(reachOf(actor))
    const connections = await this.deps.driver.read(addable, [...values, pattern])
    const users = mayAdministerCampaigns(actor) ? await this.deps.driver.read(sql.ADDABLE_USERS, values) : []
    return {
      connections: connections.map((row) => ({
        id: row.id as string,
        name: nameOf(row),
        provider: row.provider as string,
      })),
      users: users.map((row) => {
        const { userId: id, name, email } = toPerson(row)
        return { id, name, email, role: row.role as string }
      }),
    }
  }

  /** The actor's own channels, with the campaigns that they are members of. */
  async channels({ organizationId, userId }: Actor): Promise<Channel[]> {
    if (userId === null) return []
    const rows = await this.deps.driver.read(sql.CHANNELS_OF, [organizationId, userId])
    const now = this.deps.clock.now()
    return [...Map.groupBy(rows, ({ id }) => id as string).values()].map((of) => toChannel(of, now))
  }

  /** The users whom the condition of a connection concerns: its owner, and the game masters who may use it now (T5). */
  async audienceOf(connectionId: string): Promise<string[]> {
    const id = idOf(connectionId)
    if (id === null) return []
    const rows = await this.deps.driver.read(sql.AUDIENCE_OF, [id, id, this.deps.clock.now()])
    return rows.map((row) => row.user_id as string)
  }

  async #seen(actor: Actor, campaignId: string): Promise<{ row: Row; standing: Standing } | null> {
    const id = idOf(campaignId)
    if (id === null) return null
    const values = [actor.userId, actor.userId, this.deps.clock.now(), id, actor.organizationId]
    const [row] = await this.deps.driver.read(sql.FIND_CAMPAIGN, values)
    return row && maySeeCampaign(actor, standingOf(row)) ? { row, standing: standingOf(row) } : null
  }
}

const idOfMember = ({ connectionId }: MemberRow) => connectionId

function toSummary(row: Row): CampaignSummary {
  return {
    id: row.id as string,
    name: row.name as string,
    windowHours: Number(row.window_hours),
    archivedAt: instantOf(row.archived_at),
    members: Number(row.members),
    authorized: Number(row.authorized),
    liveSessionId: row.session_id as string | null,
    troubled: documentOf<unknown[]>(row.session_unhealthy, []).length,
  }
}

interface Looking {
  actor: Actor
  standing: Standing
  now: number
}

function toMemberView(member: MemberRow, { actor, standing, now }: Looking): CampaignMemberView {
  const { connectionId, provider, name, ownerUserId, avatarUrl, status, isActive, pausedAt } = member
  return {
    ...{ connectionId, provider, name, ownerUserId, avatarUrl, status, isActive, pausedAt },
    authorizedUntil: openUntil(member, now),
    authorizedAt: member.authorizedAt,
    revokedAt: member.revokedAt,
    tokenExpiresAt: member.tokenExpiresAt,
    lastTokenRefreshAt: member.lastTokenRefreshAt,
    may: { authorize: mayAuthorize(actor, member), revoke: mayRevoke(actor, standing, member) },
  }
}

function toPerson(row: Row) {
  const email = row.email as string
  return { userId: row.id as string, name: (row.full_name as string | null) ?? email, email }
}

function toSession(row: Row, visible: ReadonlySet<string>): SessionView {
  return {
    id: row.id as string,
    state: row.state as SessionView['state'],
    startedBy: row.started_by as string | null,
    startedAt: Number(row.started_at),
    endedAt: instantOf(row.ended_at),
    lastCheckedAt: Number(row.last_checked_at),
    nextCheckAt: instantOf(row.next_check_at),
    unhealthy: troublesOf(row.unhealthy).filter(({ connectionId }) => visible.has(connectionId)),
  }
}

function toChannel(rows: Row[], now: number): Channel {
  const [row] = rows
  const window = (one: Row) => ({
    authorizedUntil: instantOf(one.authorized_until),
    revokedAt: instantOf(one.revoked_at),
  })
  return {
    connectionId: row.id as string,
    name: nameOf(row),
    provider: row.provider as string,
    avatarUrl: row.avatar_url as string | null,
    status: row.status as string,
    isActive: Boolean(row.is_active),
    pausedAt: instantOf(row.paused_at),
    tokenExpiresAt: instantOf(row.token_expires_at),
    lastTokenRefreshAt: instantOf(row.last_token_refresh_at),
    reconnectPath: reconnectPathOf(row.id as string),
    campaigns: rows
      .filter((one) => one.campaign_id !== null)
      .map((one) => ({
        id: one.campaign_id as string,
        name: one.campaign_name as string,
        windowHours: Number(one.window_hours),
        authorizedUntil: openUntil(window(one), now),
        authorizedAt: instantOf(one.authorized_at),
        isLive: one.session_id !== null,
      })),
  }
}
