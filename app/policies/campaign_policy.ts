import { mayAct } from '#policies/roles'
import type { Actor } from '#services/campaigns/types'

type Who = Pick<Actor, 'userId' | 'role'>

/** How a person stands to a campaign. */
export interface Standing {
  isGameMaster: boolean
  /** One of its members is this person's own channel. */
  ownsMember: boolean
}

/** A channel, as far as it matters whose it is. */
export interface Owned {
  ownerUserId: string | null
}

/** Admins and operators may do everything; they also make campaigns, archive them and appoint game masters. */
export function mayAdministerCampaigns({ role }: Pick<Who, 'role'>): boolean {
  return mayAct(role)
}

/** Which accounts somebody may add to the campaigns that they edit: all, or the channels of the organization's streamers. */
export function reachOf(who: Pick<Who, 'role'>): 'accounts' | 'channels' {
  return mayAdministerCampaigns(who) ? 'accounts' : 'channels'
}

/** Starting and ending sessions. Being listed counts only as long as the role is that of a game master. */
export function mayLead(who: Who, { isGameMaster }: Pick<Standing, 'isGameMaster'>): boolean {
  return mayAct(who.role) || (who.role === 'game_master' && isGameMaster)
}

/** The name, the default window and the members. */
export const mayEditCampaign = mayLead

/** Viewers see all campaigns; game masters theirs; streamers those that their channels are members of. */
export function maySeeCampaign(who: Who, standing: Standing): boolean {
  if (who.role === 'viewer' || mayLead(who, standing)) return true
  return standing.ownsMember
}

/** Streamers see of a campaign no channels but their own. */
export function maySeeMember(who: Who, standing: Pick<Standing, 'isGameMaster'>, channel: Owned): boolean {
  return who.role === 'viewer' || mayLead(who, standing) || owns(who, channel)
}

/** Only the streamer lets a campaign use a channel; staff may do it in their place. */
export function mayAuthorize(who: Who, channel: Owned): boolean {
  return mayAct(who.role) || owns(who, channel)
}

/** Whoever may grant may take back; so may those who lead the campaign. */
export function mayRevoke(who: Who, standing: Pick<Standing, 'isGameMaster'>, channel: Owned): boolean {
  return mayAuthorize(who, channel) || mayLead(who, standing)
}

function owns({ userId, role }: Who, { ownerUserId }: Owned): boolean {
  return role !== 'viewer' && userId !== null && userId === ownerUserId
}
