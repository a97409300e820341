import { mayLead, maySeeCampaign } from '#policies/campaign_policy'
import { ARCHIVED, NOT_ALLOWED, NOT_FOUND, refusal } from '#services/campaigns/refusals'
import { idOf, standingOf } from '#services/campaigns/rows'
import { unhealthy, unhealthyFrom, windowProblem } from '#services/campaigns/session_rules'
import type { Roll, SessionStore } from '#services/campaigns/session_store'
import type { SessionWatch } from '#services/campaigns/session_watch'
import type { Actor, Done, Refusal, SessionStart, UnhealthyMember } from '#services/campaigns/types'
import type { HealthCheckService } from '#services/health_check_service'

export interface SessionDependencies {
  store: SessionStore
  watch: SessionWatch
  healthCheck: Pick<HealthCheckService, 'checkBeforeSession'>
}

/** Members that change again and again while they are checked are told as they were found last. */
const ROUNDS = 3

/** Starts and ends the live sessions of campaigns, and keeps an eye on them (T8). */
export class CampaignSessions {
  constructor(private readonly deps: SessionDependencies) {}

  /**
   * Starts a session if the window of every member is open and every token is healthy: what is expiring, expired or
   * refused by its provider is refreshed first. Otherwise nothing is written, and the answer says who is not, why, and
   * what to do. Of two who start at once one is told of the session of the other.
   */
  async start(actor: Actor, campaignId: string): Promise<SessionStart> {
    for (let round = 1; ; round++) {
      const roll = await this.#roll(actor, campaignId)
      if ('ok' in roll) return roll
      const id = roll.campaign.id as string
      const found = await this.#check(roll)
      if (found.length > 0) return refusedFor(found)
      const checked = new Set(roll.members.map(({ connectionId }) => connectionId))
      const started = await this.deps.store.start(actor, id, checked)
      if (started.type === 'started') {
        return { ok: true, sessionId: started.sessionId, startedAt: started.now }
      }
      if (started.type === 'already_live') return alreadyLive(started.sessionId)
      if (started.type === 'gone') return NOT_FOUND
      if (round === ROUNDS) return refusal('invalid', 'members_changing')
    }
  }

  /** Ends a session. A second time changes nothing. */
  async end(actor: Actor, campaignId: string, sessionId: string): Promise<Done> {
    const session = idOf(sessionId)
    const campaign = idOf(campaignId)
    if (session === null || campaign === null) return NOT_FOUND
    const roll = await this.deps.store.roll(actor, campaign)
    if (!roll || !maySeeCampaign(actor, standingOf(roll.campaign))) return NOT_FOUND
    if (!mayLead(actor, standingOf(roll.campaign))) return NOT_ALLOWED
    const ended = await this.deps.store.end(actor.organizationId, campaign, session)
    return ended ? { ok: true } : refusal('not_found', 'no_session')
  }

  /**
   * Looks after all live sessions; call it each minute, in as many processes as you like. What rows tell is marked, even
   * if a process died before it could; what is due is checked, each session by one process. `troubled`: members in trouble.
   */
  async tend(): Promise<{ checked: number; troubled: number }> {
    const troubled = await this.deps.watch.lookAtAll()
    const checked = await this.recheck()
    return { checked, troubled }
  }

  /** Checks the members of live sessions whose hour has come, as before a session; returns how many sessions. */
  async recheck(): Promise<number> {
    const { store, healthCheck } = this.deps
    for (let checked = 0; ; checked++) {
      const claimed = await store.claim()
      if (!claimed) return checked
      const { sessionId, members, now } = claimed
      const usable = members.filter((member) => windowProblem(member, now) === null)
      const health = await healthCheck.checkBeforeSession(usable.map(({ connectionId }) => connectionId))
      await store.judge(sessionId, health.unhealthy)
    }
  }

  async #roll(actor: Actor, campaignId: string): Promise<Roll | Refusal> {
    const id = idOf(campaignId)
    const roll = id === null ? null : await this.deps.store.roll(actor, id)
    if (!roll || !maySeeCampaign(actor, standingOf(roll.campaign))) return NOT_FOUND
    if (!mayLead(actor, standingOf(roll.campaign))) return NOT_ALLOWED
    if (roll.campaign.archived_at !== null) return ARCHIVED
    if (roll.liveSessionId !== null) return alreadyLive(roll.liveSessionId)
    if (roll.members.length === 0) return refusal('no_members', 'no_members')
    return roll
  }

  /** Nobody's provider is asked without an open window. */
  async #check({ members, now }: Roll): Promise<UnhealthyMember[]> {
    const usable = members.filter((member) => windowProblem(member, now) === null)
    const ids = usable.map(({ connectionId }) => connectionId)
    const health = await this.deps.healthCheck.checkBeforeSession(ids)
    const found = new Map(health.unhealthy.map((one) => [one.connectionId, one]))
    return members.flatMap((member) => {
      const window = windowProblem(member, now)
      if (window) return [unhealthy(member, window)]
      const finding = found.get(member.connectionId)
      return finding ? [unhealthyFrom(member, finding)] : []
    })
  }
}

function alreadyLive(sessionId: string): Refusal {
  return { ...refusal('already_live', 'already_live'), sessionId }
}

function refusedFor(found: UnhealthyMember[]): SessionStart {
  const names = found.map(({ name }) => name).join(', ')
  const message = `The session cannot start: ${found.length === 1 ? 'one member is' : `${found.length} members are`} not ready (${names}).`
  return { ok: false, reason: 'unhealthy', message, unhealthy: found }
}
