import type { CampaignField, Refusal } from '#services/campaigns/types'

export const SHORTEST_WINDOW = 1
export const LONGEST_WINDOW = 72
export const DEFAULT_WINDOW = 12
export const LONGEST_NAME = 120

/** Every refusal by its code, as programs and commands read it; pages say `campaigns.refusals.<code>` of the catalogues. */
const SENTENCES = {
  not_found: 'There is no such campaign or channel here.',
  not_allowed: 'Your role may look at this campaign, but not do this. Ask an admin or an operator.',
  archived: 'The campaign is archived; nothing about it changes any more.',
  session_is_live: 'A session is live. End it before you archive the campaign.',
  no_channel: 'There is no such channel here.',
  already_member: 'The channel belongs to this campaign already.',
  no_person: 'There is no such person here.',
  cannot_lead: 'This role cannot lead a campaign. Give the person the role game_master first.',
  already_game_master: 'The person leads this campaign already.',
  already_live: 'A session of this campaign is live already.',
  no_members: 'The campaign has no members yet. Add a channel first.',
  no_session: 'There is no such session in this campaign.',
  members_changing: 'The members keep changing. Try again in a moment.',
  hours: `A window lasts a whole number of hours, from ${SHORTEST_WINDOW} to ${LONGEST_WINDOW}.`,
  name_missing: 'A campaign needs a name.',
  name_long: `A name has at most ${LONGEST_NAME} characters.`,
  name_odd: 'A name holds ordinary characters only.',
} as const

export type RefusalCode = keyof typeof SENTENCES

/** The limits that some of the sentences name. */
export const REFUSAL_LIMITS = { shortest: SHORTEST_WINDOW, longest: LONGEST_WINDOW, limit: LONGEST_NAME }

/** What is said where somebody asks for what is not there, or not theirs to see. */
export const NOT_FOUND = refusal('not_found', 'not_found')
export const NOT_ALLOWED = refusal('not_allowed', 'not_allowed')
export const ARCHIVED = refusal('archived', 'archived')

export function refusal(reason: Refusal['reason'], code: RefusalCode, field?: CampaignField): Refusal {
  return { ok: false, reason, code, message: SENTENCES[code], ...(field ? { field } : {}) }
}

/** What is wrong with the length of a window, in hours; null where nothing is. */
export function hoursProblem(hours: unknown): RefusalCode | null {
  const fits = Number.isInteger(hours) && Number(hours) >= SHORTEST_WINDOW && Number(hours) <= LONGEST_WINDOW
  return fits ? null : 'hours'
}

/** A campaign's name without what surrounds it, or what is wrong with it. */
export function checkName(name: unknown): { name: string } | { problem: RefusalCode } {
  const trimmed = typeof name === 'string' ? name.trim() : ''
  if (trimmed === '') return { problem: 'name_missing' }
  if (trimmed.length > LONGEST_NAME) return { problem: 'name_long' }
  const isOrdinary = trimmed.isWellFormed() && !/\p{Cc}/u.test(trimmed)
  return isOrdinary ? { name: trimmed } : { problem: 'name_odd' }
}
