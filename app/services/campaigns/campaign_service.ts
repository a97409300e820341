import { uuid } from '#models/uuid'
import type { Clock } from '#oauth/types'
import {
  mayAdministerCampaigns,
  mayEditCampaign,
  maySeeCampaign,
  reachOf,
  type Standing,
} from '#policies/campaign_policy'
import type { CampaignReader } from '#services/campaigns/campaign_reader'
import * as sql from '#services/campaigns/campaign_sql'
import { ARCHIVED, checkName, DEFAULT_WINDOW, hoursProblem, NOT_ALLOWED } from '#services/campaigns/refusals'
import { NOT_FOUND, refusal } from '#services/campaigns/refusals'
import { idOf, standingOf } from '#services/campaigns/rows'
import type { Actor, Done, Refusal } from '#services/campaigns/types'
import type { WindowStore } from '#services/campaigns/window_store'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'

export interface CampaignDependencies {
  driver: StoreDriver
  clock: Clock
  reader: CampaignReader
  windows: Pick<WindowStore, 'closeAll' | 'close'>
  /** Hears that windows of a connection changed, after the commit. */
  onWindow: (connectionId: string) => void
}

const LEADING_ROLES: ReadonlySet<unknown> = new Set(['admin', 'operator', 'game_master'])
const DONE: Done = { ok: true }

/** Campaigns, their channels and the people who lead them. Every method looks after who may do it; ids of others are not found. */
export class CampaignService {
  readonly list: CampaignReader['list']
  readonly page: CampaignReader['page']
  readonly find: CampaignReader['find']
  readonly addable: CampaignReader['addable']
  readonly channels: CampaignReader['channels']
  readonly audienceOf: CampaignReader['audienceOf']

  constructor(private readonly deps: CampaignDependencies) {
    const { reader } = deps
    this.list = (...query) => reader.list(...query)
    this.page = (...query) => reader.page(...query)
    this.find = (...query) => reader.find(...query)
    this.addable = (...query) => reader.addable(...query)
    this.channels = (...query) => reader.channels(...query)
    this.audienceOf = (...query) => reader.audienceOf(...query)
  }

  async create(
    actor: Actor,
    input: { name: string; windowHours?: number }
  ): Promise<{ ok: true; campaignId: string } | Refusal> {
    if (!mayAdministerCampaigns(actor)) return NOT_ALLOWED
    const { windowHours = DEFAULT_WINDOW } = input
    const checked = checkCampaign({ name: input.name ?? '', windowHours })
    if ('ok' in checked) return checked
    const campaignId = uuid(this.deps.clock.now())
    await this.deps.driver.transaction(function* (): Work<void> {
      const at = yield* now()
      yield* run(sql.INSERT_CAMPAIGN, [
        campaignId,
        actor.organizationId,
        checked.name ?? '',
        windowHours,
        at,
        at,
      ])
    })
    return { ok: true, campaignId }
  }

  /** Changes the name, or how long a window lasts from now on; what is undefined stays. */
  async update(
    actor: Actor,
    campaignId: string,
    change: { name?: string; windowHours?: number }
  ): Promise<Done> {
    return this.#change(actor, campaignId, mayEditCampaign, function* (campaign) {
      const checked = checkCampaign(change)
      if ('ok' in checked) return checked
      const values = [checked.name, change.windowHours ?? null, yield* now(), campaign.id as string]
      yield* run(sql.UPDATE_CAMPAIGN, values)
      return DONE
    })
  }

  /** Closes every window of the campaign and keeps it for the records. */
  async archive(actor: Actor, campaignId: string): Promise<Done> {
    const { windows } = this.deps
    return this.#change(actor, campaignId, mayAdministerCampaigns, function* (campaign) {
      const id = campaign.id as string
      const [live] = yield* all(sql.LIVE_SESSION, [id])
      if (live) return refusal('session_is_live', 'session_is_live')
      const at = yield* now()
      yield* run(sql.ARCHIVE_CAMPAIGN, [at, at, id])
      yield* windows.closeAll(id, at)
      return DONE
    })
  }

  async addMember(actor: Actor, campaignId: string, connectionId: string): Promise<Done> {
    const id = idOf(connectionId)
    const done = await this.#change(actor, campaignId, mayEditCampaign, function* (campaign) {
      const [own] =
        id === null ? [] : yield* all(sql.ownConnection(reachOf(actor)), [id, actor.organizationId])
      if (!own || id === null) {
        return refusal('not_found', 'no_channel', 'connectionId')
      }
      const added = yield* run(sql.INSERT_MEMBER, [campaign.id as string, id, yield* now()])
      return added > 0 ? DONE : refusal('already_member', 'already_member', 'connectionId')
    })
    if (done.ok && id !== null) this.deps.onWindow(id)
    return done
  }

  /** Takes a channel out of the campaign and closes its window. A second time changes nothing. */
  async removeMember(actor: Actor, campaignId: string, connectionId: string): Promise<Done> {
    const id = idOf(connectionId)
    const { windows, onWindow } = this.deps
    if (id === null) return NOT_FOUND
    const done = await this.#change(actor, campaignId, mayEditCampaign, function* (campaign) {
      const campaignKey = campaign.id as string
      yield* windows.close({
        organizationId: actor.organizationId,
        campaignId: campaignKey,
        connectionId: id,
      })
      yield* run(sql.DELETE_MEMBER, [campaignKey, id])
      return DONE
    })
    if (done.ok) onWindow(id)
    return done
  }

  async addGameMaster(actor: Actor, campaignId: string, userId: string): Promise<Done> {
    const id = idOf(userId)
    return this.#change(actor, campaignId, mayAdministerCampaigns, function* (campaign) {
      const [membership] = id === null ? [] : yield* all(sql.ROLE_OF, [actor.organizationId, id])
      if (!membership || id === null) return refusal('not_found', 'no_person', 'userId')
      if (!LEADING_ROLES.has(membership.role)) return refusal('invalid', 'cannot_lead', 'userId')
      const added = yield* run(sql.INSERT_MASTER, [campaign.id as string, id, yield* now()])
      return added > 0 ? DONE : refusal('already_game_master', 'already_game_master', 'userId')
    })
  }

  async removeGameMaster(actor: Actor, campaignId: string, userId: string): Promise<Done> {
    const id = idOf(userId)
    if (id === null) return NOT_FOUND
    return this.#change(actor, campaignId, mayAdministerCampaigns, function* (campaign) {
      yield* run(sql.DELETE_MASTER, [campaign.id as string, id])
      return DONE
    })
  }

  /** Says whose channel a connection is, so that this person may grant it; null: nobody's. */
  async linkStreamer(actor: Actor, connectionId: string, userId: string | null): Promise<Done> {
    if (!mayAdministerCampaigns(actor)) return NOT_ALLOWED
    const id = idOf(connectionId)
    const person = userId === null ? null : idOf(userId)
    if (id === null) return NOT_FOUND
    return this.deps.driver.transaction(function* (): Work<Done> {
      const [membership] = person === null ? [] : yield* all(sql.ROLE_OF, [actor.organizationId, person])
      if (userId !== null && !membership) return refusal('not_found', 'no_person', 'userId')
      const changed = yield* run(sql.LINK_STREAMER, [person, yield* now(), id, actor.organizationId])
      return changed > 0 ? DONE : NOT_FOUND
    })
  }

  /** One change of one campaign, which is held meanwhile: who may not see it finds nothing, an archived one stays as it is. */
  async #change(
    actor: Actor,
    campaignId: string,
    isAllowed: (actor: Actor, standing: Standing) => boolean,
    work: (campaign: Row) => Work<Done>
  ): Promise<Done> {
    const id = idOf(campaignId)
    if (id === null) return NOT_FOUND
    const lock = sql.lockCampaign(this.deps.driver.dialect)
    return this.deps.driver.transaction(function* (): Work<Done> {
      const [campaign] = yield* all(lock, [actor.userId, actor.userId, id, actor.organizationId])
      if (!campaign || !maySeeCampaign(actor, standingOf(campaign))) return NOT_FOUND
      if (!isAllowed(actor, standingOf(campaign))) return NOT_ALLOWED
      return campaign.archived_at === null ? yield* work(campaign) : ARCHIVED
    })
  }
}

function checkCampaign({ name, windowHours }: { name?: string; windowHours?: number }) {
  const problem = windowHours === undefined ? null : hoursProblem(windowHours)
  if (problem) return refusal('invalid', problem, 'windowHours')
  if (name === undefined) return { name: null }
  const checked = checkName(name)
  return 'problem' in checked ? refusal('invalid', checked.problem, 'name') : checked
}
