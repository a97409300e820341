import type { Clock } from '#oauth/types'
import {
  mayAdministerCampaigns,
  mayAuthorize,
  mayRevoke,
  maySeeCampaign,
  maySeeMember,
} from '#policies/campaign_policy'
import { findMember } from '#services/campaigns/find_member'
import { ARCHIVED, hoursProblem, LONGEST_WINDOW, NOT_ALLOWED } from '#services/campaigns/refusals'
import { NOT_FOUND, refusal } from '#services/campaigns/refusals'
import { idOf, instantOf, standingOf } from '#services/campaigns/rows'
import type { Actor, Done, Refusal, WindowResult } from '#services/campaigns/types'
import { grantProblem, obstacleOf, toToken, type Renewal } from '#services/campaigns/window_rules'
import type { MemberKey, WindowStore } from '#services/campaigns/window_store'
import { refused, refusedBecause } from '#services/campaigns/window_words'
import type { TokenRefreshService } from '#services/token_refresh_service'
import { isUsable } from '#services/verification/verification'
import type { VerificationService } from '#services/verification/verification_service'
import type { KeepAlive } from '#token_refresh/keep_alive'
import type { Row, StoreDriver, Work } from '#store/driver'
import type { RefreshOutcome } from '#token_refresh/types'

export interface AuthorizationDependencies {
  driver: StoreDriver
  windows: WindowStore
  refresh: Pick<TokenRefreshService, 'refreshOne'>
  verification: Pick<VerificationService, 'verify'>
  clock: Clock
  sleep: (milliseconds: number) => Promise<void>
  /** Hears that windows of a connection changed, after the commit. */
  onWindow: (connectionId: string) => void
}

const HOUR = 3_600_000
/** A turn at a busy provider is waited for within the call, so many times and no longer than this. */
const TRIES = 3
const PATIENCE = 5_000

type Found = { ok: true; key: MemberKey; member: Row } | Refusal

/** Grants, extends and revokes authorization windows (T1). */
export class AuthorizationService {
  constructor(private readonly deps: AuthorizationDependencies) {}

  /**
   * Lets a campaign use a channel: the token is refreshed at once, and only if it is good then the window opens, for
   * `hours` from now or for the campaign's own time. A refresh that fails opens nothing, whatever the old token is worth.
   */
  async authorize(
    actor: Actor,
    campaignId: string,
    connectionId: string,
    { hours }: { hours?: number } = {}
  ): Promise<WindowResult> {
    const found = await this.#find(actor, campaignId, connectionId, 'authorize')
    if (!found.ok) return refusedBecause(found)
    const length = hours ?? Number(found.member.window_hours)
    const problem = hoursProblem(length)
    if (problem) return refusedBecause(refusal('invalid', problem, 'hours'))
    const obstacle = obstacleOf(toToken(found.member))
    if (obstacle) return refused(obstacle, found.key.connectionId)
    const renewal = await this.#refresh(found.member)
    const result = await this.#open(found.key, renewal, length * HOUR, actor.userId)
    if (result.ok) this.deps.onWindow(found.key.connectionId)
    return result
  }

  /** Adds hours to an open window; its end is never further away than the longest window. Nothing is refreshed. */
  async extend(
    actor: Actor,
    campaignId: string,
    connectionId: string,
    { hours }: { hours: number }
  ): Promise<WindowResult> {
    const found = await this.#find(actor, campaignId, connectionId, 'authorize')
    if (!found.ok) return refusedBecause(found)
    const problem = hoursProblem(hours)
    if (problem) return refusedBecause(refusal('invalid', problem, 'hours'))
    const { driver, windows } = this.deps
    const { key } = found
    return driver.transaction(function* (): Work<WindowResult> {
      const held = yield* windows.hold(key)
      const window = yield* windows.window(key)
      if (!held || !window) return refusedBecause(NOT_FOUND)
      const obstacle = obstacleOf(toToken(held.row))
      if (obstacle) return refused(obstacle, key.connectionId)
      if (window.until === null || window.until <= held.now) return refused('no_window', key.connectionId)
      const furthest = Math.max(held.now + LONGEST_WINDOW * HOUR, window.until)
      const until = Math.min(window.until + hours * HOUR, furthest)
      yield* windows.moveEnd(key, held, until)
      return { ok: true, authorizedUntil: until, tokenExpiresAt: instantOf(held.row.token_expires_at) }
    })
  }

  /** Closes the window now. Where no other campaign may use the channel either, nothing refreshes it after this. */
  async revoke(actor: Actor, campaignId: string, connectionId: string): Promise<Done> {
    const found = await this.#find(actor, campaignId, connectionId, 'revoke')
    if (!found.ok) return found
    await this.deps.driver.transaction(() => this.deps.windows.close(found.key))
    this.deps.onWindow(found.key.connectionId)
    return { ok: true }
  }

  /** Says how one connection is kept alive, whatever its provider's definition says; null follows that again (T3). */
  async setKeepAlive(actor: Actor, connectionId: string, keepAlive: KeepAlive | null): Promise<Done> {
    if (!mayAdministerCampaigns(actor)) return NOT_ALLOWED
    const id = idOf(connectionId)
    if (id === null) return NOT_FOUND
    const { driver, windows } = this.deps
    const found = await driver.transaction(() => windows.override(actor.organizationId, id, keepAlive))
    return found ? { ok: true } : NOT_FOUND
  }

  async #find(
    actor: Actor,
    campaignId: string,
    connectionId: string,
    act: 'authorize' | 'revoke'
  ): Promise<Found> {
    const [campaign, connection] = [idOf(campaignId), idOf(connectionId)]
    if (campaign === null || connection === null) return NOT_FOUND
    const key = { organizationId: actor.organizationId, campaignId: campaign, connectionId: connection }
    const member = await findMember(this.deps.driver, actor, key)
    if (!member) return NOT_FOUND
    const standing = standingOf(member)
    const channel = { ownerUserId: member.owner_user_id as string | null }
    const isSeen = maySeeCampaign(actor, standing) && maySeeMember(actor, standing, channel)
    if (!isSeen) return NOT_FOUND
    const isAllowed = act === 'authorize' ? mayAuthorize(actor, channel) : mayRevoke(actor, standing, channel)
    if (!isAllowed) return NOT_ALLOWED
    return member.archived_at === null ? { ok: true, key, member } : ARCHIVED
  }

  /** A child's token comes with its parent's refresh. What has no refresh at all is tested instead. */
  async #refresh(member: Row): Promise<Renewal> {
    const { id, parent_id: parentId } = member as { id: string; parent_id: string | null }
    // A refresh that somebody else finished since we looked has served this grant, too.
    const tokenVersion = parentId === null ? Number(member.token_version) : undefined
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.deps.refresh.refreshOne(parentId ?? id, { kind: 'grant', tokenVersion })
      if (outcome.reason === 'no_refresh_path') return this.#tested(id)
      const wait = this.#waitAfter(outcome)
      if (wait === null || attempt === TRIES) return outcome
      await this.deps.sleep(wait)
    }
  }

  /** How long to wait before the same is asked again; null where that would not help within this call. */
  #waitAfter({ reason, retryAt }: RefreshOutcome): number | null {
    if (reason === 'abandoned') return 0
    if (reason !== 'provider_busy' || retryAt === null) return null
    const wait = Math.max(0, retryAt - this.deps.clock.now())
    return wait <= PATIENCE ? wait : null
  }

  async #tested(connectionId: string): Promise<Renewal> {
    const found = await this.deps.verification.verify(connectionId, { kind: 'grant' })
    const { reason, retryAt } = found
    return { status: 'skipped', reason, retryAt, tested: isUsable(found) }
  }

  #open(key: MemberKey, renewal: Renewal, length: number, by: string | null): Promise<WindowResult> {
    const { driver, windows } = this.deps
    return driver.transaction(function* (): Work<WindowResult> {
      const held = yield* windows.hold(key)
      if (!held) return refusedBecause(NOT_FOUND)
      const token = toToken(held.row)
      const problem = grantProblem(renewal, token, held.now, held.now + length)
      if (problem) return refused(problem, key.connectionId, renewal.retryAt ?? token.nextRefreshAt)
      const until = yield* windows.grant(key, held, held.now + length, by)
      if (until === null) return refusedBecause(NOT_FOUND)
      return { ok: true, authorizedUntil: until, tokenExpiresAt: token.expiresAt }
    })
  }
}
