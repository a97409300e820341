import type { CampaignField, Refusal } from '#services/campaigns/types'

export const SHORTEST_WINDOW = 1
export const LONGEST_WINDOW = 72
export const DEFAULT_WINDOW = 12
const LONGEST_NAME = 120

/** What is said where somebody asks for what is not there, or not theirs to see. */
export const NOT_FOUND: Refusal = {
  ok: false,
  reason: 'not_found',
  message: 'There is no such campaign or channel here.',
}

export const NOT_ALLOWED: Refusal = {
  ok: false,
  reason: 'not_allowed',
  message: 'Your role may look at this campaign, but not do this. Ask an admin or an operator.',
}

export const ARCHIVED: Refusal = {
  ok: false,
  reason: 'archived',
  message: 'The campaign is archived; nothing about it changes any more.',
}

export function refusal(reason: Refusal['reason'], message: string, field?: CampaignField): Refusal {
  return { ok: false, reason, message, ...(field ? { field } : {}) }
}

/** What is wrong with the length of a window, in hours; null where nothing is. */
export function hoursProblem(hours: unknown): string | null {
  const fits = Number.isInteger(hours) && Number(hours) >= SHORTEST_WINDOW && Number(hours) <= LONGEST_WINDOW
  return fits ? null : `A window lasts a whole number of hours, from ${SHORTEST_WINDOW} to ${LONGEST_WINDOW}.`
}

/** A campaign's name without what surrounds it, or what is wrong with it. */
export function checkName(name: unknown): { name: string } | { problem: string } {
  const trimmed = typeof name === 'string' ? name.trim() : ''
  if (trimmed === '') return { problem: 'A campaign needs a name.' }
  if (trimmed.length > LONGEST_NAME) return { problem: `A name has at most ${LONGEST_NAME} characters.` }
  const isOrdinary = trimmed.isWellFormed() && !/\p{Cc}/u.test(trimmed)
  return isOrdinary ? { name: trimmed } : { problem: 'A name holds ordinary characters only.' }
}
