import { uuid } from '#models/uuid'
import { lockCampaign, membersOf } from '#services/campaigns/campaign_sql'
import { toMember, troublesOf, type MemberRow } from '#services/campaigns/rows'
import { isPassing, judgeSession, nextCheckAfter, rowProblem } from '#services/campaigns/session_rules'
import type { Actor, SessionTrouble } from '#services/campaigns/types'
import type { Unhealthy } from '#services/health_check_service'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'

type Dialect = StoreDriver['dialect']

/** Values: id, campaign, organization, user, now, now, next check. */
const INSERT_SESSION = `INSERT INTO campaign_sessions
    (id, campaign_id, organization_id, state, started_by, started_at, last_checked_at, next_check_at)
  VALUES (?, ?, ?, 'live', ?, ?t, ?t, ?t)
  ON CONFLICT (campaign_id) WHERE state = 'live' DO NOTHING`

const LIVE_SESSION = `SELECT id FROM campaign_sessions WHERE campaign_id = ? AND state = 'live'`

/** Values: now, id, campaign, organization. */
const END_SESSION = `UPDATE campaign_sessions SET state = 'ended', ended_at = ?t, next_check_at = NULL
  WHERE id = ? AND campaign_id = ? AND organization_id = ? AND state = 'live'`

const FIND_SESSION =
  'SELECT id FROM campaign_sessions WHERE id = ? AND campaign_id = ? AND organization_id = ?'

const ALL_LIVE = `SELECT id FROM campaign_sessions WHERE state = 'live' ORDER BY id`

/** Live sessions of these connections. */
const liveWith = (count: number) => `SELECT DISTINCT session.id FROM campaign_sessions AS session
  JOIN campaign_members AS member ON member.campaign_id = session.campaign_id
  WHERE session.state = 'live' AND member.connection_id IN (${Array(count).fill('?').join(', ')})
  ORDER BY session.id`

const lockSession = (dialect: Dialect) => `SELECT session.*, campaigns.name AS campaign_name
  FROM campaign_sessions AS session JOIN campaigns ON campaigns.id = session.campaign_id
  WHERE session.id = ? AND session.state = 'live' ${dialect === 'postgres' ? 'FOR UPDATE OF session' : ''}`

/** A check is claimed by moving its time: one that its process does not finish is due again. Values: now, end of claim. */
const claimCheck = (dialect: Dialect) => `WITH due AS MATERIALIZED (
    SELECT id FROM campaign_sessions WHERE state = 'live' AND next_check_at <= ?t
      AND NOT EXISTS (SELECT id FROM installation WHERE quarantined_at IS NOT NULL)
    ORDER BY next_check_at LIMIT 1 ${dialect === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : ''})
  UPDATE campaign_sessions SET next_check_at = ?t WHERE id IN (SELECT id FROM due) RETURNING id, campaign_id`

/** Values: troubles, id. */
const WRITE_TROUBLES = 'UPDATE campaign_sessions SET unhealthy = ? WHERE id = ?'
const CHECK_AT = 'UPDATE campaign_sessions SET next_check_at = ?t WHERE id = ?'
const CHECKED = 'UPDATE campaign_sessions SET last_checked_at = ?t, next_check_at = ?t WHERE id = ?'

const INSERT_EVENT = `INSERT INTO events
    (id, organization_id, connection_id, provider, name, severity, data, dedupe_key, created_at)
  VALUES (?, ?, ?, ?, 'campaign.session_unhealthy', 'urgent', ?, ?, ?t)
  ON CONFLICT (dedupe_key) DO NOTHING`

const CLAIM = 5 * 60_000

/** Values as they were read together. */
export interface Roll {
  campaign: Row
  liveSessionId: string | null
  members: MemberRow[]
  now: number
}

export type Started =
  | { type: 'started'; sessionId: string; now: number }
  | { type: 'already_live'; sessionId: string }
  /** Somebody joined, or cannot be used any more, since the members were checked. */
  | { type: 'changed' }
  | { type: 'gone' }

/** Campaign sessions in the database: at most one live for each campaign, and what is wrong with its members. */
export class SessionStore {
  constructor(private readonly driver: StoreDriver) {}

  /** The campaign with its members; null where the organization has none of this id. */
  roll(actor: Actor, campaignId: string): Promise<Roll | null> {
    const { dialect } = this.driver
    return this.driver.transaction(function* (): Work<Roll | null> {
      const [campaign] = yield* all(lockCampaign(dialect), standingValues(actor, campaignId))
      if (!campaign) return null
      const [live] = yield* all(LIVE_SESSION, [campaignId])
      const members = yield* all(membersOf(dialect), [campaignId])
      const liveSessionId = (live?.id as string | undefined) ?? null
      return { campaign, liveSessionId, members: members.map(toMember), now: yield* now() }
    })
  }

  /** Starts a session with exactly the members that were found healthy, if they still can be used. */
  start(actor: Actor, campaignId: string, checked: ReadonlySet<string>): Promise<Started> {
    const { dialect } = this.driver
    return this.driver.transaction(function* (): Work<Started> {
      const [campaign] = yield* all(lockCampaign(dialect), standingValues(actor, campaignId))
      if (!campaign || campaign.archived_at !== null) return { type: 'gone' }
      const members = (yield* all(membersOf(dialect, true), [campaignId])).map(toMember)
      const at = yield* now()
      const isFit = (member: MemberRow) => checked.has(member.connectionId) && rowProblem(member, at) === null
      if (members.length === 0 || !members.every(isFit)) return { type: 'changed' }
      const sessionId = uuid(at)
      const { organizationId, userId } = actor
      const next = nextCheckAfter(at, false, false)
      const inserted = yield* run(INSERT_SESSION, [
        sessionId,
        campaignId,
        organizationId,
        userId,
        at,
        at,
        next,
      ])
      if (inserted > 0) return { type: 'started', sessionId, now: at }
      const [live] = yield* all(LIVE_SESSION, [campaignId])
      return { type: 'already_live', sessionId: live.id as string }
    })
  }

  /** False where there is no such session. Ending one that has ended changes nothing. */
  end(organizationId: string, campaignId: string, sessionId: string): Promise<boolean> {
    return this.driver.transaction(function* (): Work<boolean> {
      const key = [sessionId, campaignId, organizationId]
      if ((yield* run(END_SESSION, [yield* now(), ...key])) > 0) return true
      return (yield* all(FIND_SESSION, key)).length > 0
    })
  }

  /** The live sessions of these connections, or all of them. */
  async live(connectionIds: readonly string[] | null): Promise<string[]> {
    const rows = connectionIds
      ? await this.driver.read(liveWith(connectionIds.length), connectionIds)
      : await this.driver.read(ALL_LIVE, [])
    return rows.map(({ id }) => id as string)
  }

  /** Takes a session whose check is due; null where none is. No other process takes it for the next minutes. */
  claim(): Promise<{ sessionId: string; members: MemberRow[]; now: number } | null> {
    const { dialect } = this.driver
    return this.driver.transaction(function* () {
      const at = yield* now()
      const [session] = yield* all(claimCheck(dialect), [at, at + CLAIM])
      if (!session) return null
      const members = yield* all(membersOf(dialect), [session.campaign_id as string])
      return { sessionId: session.id as string, members: members.map(toMember), now: at }
    })
  }

  /**
   * Writes how a live session stands, with an event for each member that is newly in trouble; returns how many are in
   * trouble. `checked` is what a check found, null where only the rows are looked at.
   */
  judge(sessionId: string, checked: readonly Unhealthy[] | null): Promise<number> {
    const { dialect } = this.driver
    return this.driver.transaction(function* (): Work<number> {
      const [session] = yield* all(lockSession(dialect), [sessionId])
      if (!session) return 0
      const members = (yield* all(membersOf(dialect), [session.campaign_id as string])).map(toMember)
      const at = yield* now()
      const before = troublesOf(session.unhealthy)
      const { troubles, fresh, changed, checkNow } = judgeSession({ before, members, checked, now: at })
      if (changed) yield* run(WRITE_TROUBLES, [JSON.stringify(troubles), sessionId])
      if (checked) {
        const next = nextCheckAfter(at, troubles.length > 0, checked.some(isPassing))
        yield* run(CHECKED, [at, next, sessionId])
      } else if (checkNow) yield* run(CHECK_AT, [at, sessionId])
      for (const trouble of fresh) yield* tell(session, trouble, at)
      return troubles.length
    })
  }
}

function standingValues({ userId, organizationId }: Actor, campaignId: string) {
  return [userId, userId, campaignId, organizationId]
}

function* tell(session: Row, trouble: SessionTrouble, at: number): Work<void> {
  const { connectionId, provider, tokenVersion, reason, name } = trouble
  const [id, campaignId] = [session.id as string, session.campaign_id as string]
  const data = { session_id: id, campaign_id: campaignId, campaign: session.campaign_name, reason, name }
  yield* run(INSERT_EVENT, [
    uuid(at),
    session.organization_id as string,
    connectionId,
    provider,
    JSON.stringify(data),
    `campaign.session_unhealthy:${id}:${connectionId}:${tokenVersion}`,
    at,
  ])
}
