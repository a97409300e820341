import { KEEP_ALIVE, type KeepAlive } from '#token_refresh/keep_alive'
import { PRIORITIES, type Priority } from '#token_refresh/urgent_share'
import { LONGEST_TAG, MOST_TAGS } from '#services/bulk/bulk_actions'

export const LONGEST_NOTES = 2_000
/** In minutes: as long as an integer column holds in milliseconds. */
export const LONGEST_MARGIN = 14 * 24 * 60
/** In percent of the refresh window. */
export const WIDEST_JITTER = 50
const MINUTE = 60_000

/** The settings of one account as a form sends them. */
export interface AccountForm {
  tags: string[]
  notes: string | null
  /** Null follows the provider's definition. */
  keepAlive: KeepAlive | null
  /** In milliseconds; null follows the provider's definition. */
  refreshMargin: number | null
  /** In percent of the window; null: as usual. */
  refreshJitter: number | null
  priority: Priority
  alertsMuted: boolean
}

export type FormField = 'tags' | 'notes' | 'margin' | 'jitter'
/** What is wrong with a field: a key of the catalogue below `account.settings.problems`. */
export type FormProblem = { field: FormField; problem: 'too_many' | 'too_long' | 'no_number' }

export type FormResult = { ok: true; form: AccountForm } | { ok: false; problems: FormProblem[] }

/** Reads the form. Tags stand between commas; each counts once. */
export function accountForm(input: Record<string, unknown>): FormResult {
  const tags = tagsIn(input.tags)
  const notes = text(input.notes)
  const margin = wholeNumber(input.margin, 1, LONGEST_MARGIN)
  const jitter = wholeNumber(input.jitter, 0, WIDEST_JITTER)
  const problems: FormProblem[] = []
  if (tags.length > MOST_TAGS) problems.push({ field: 'tags', problem: 'too_many' })
  if (tags.some((tag) => tag.length > LONGEST_TAG)) problems.push({ field: 'tags', problem: 'too_long' })
  if (notes.length > LONGEST_NOTES) problems.push({ field: 'notes', problem: 'too_long' })
  if (margin === undefined) problems.push({ field: 'margin', problem: 'no_number' })
  if (jitter === undefined) problems.push({ field: 'jitter', problem: 'no_number' })
  if (problems.length > 0 || margin === undefined || jitter === undefined) return { ok: false, problems }
  return {
    ok: true,
    form: {
      ...{ tags, notes: notes.trim() || null },
      keepAlive: KEEP_ALIVE.find((word) => word === input.keep_alive) ?? null,
      refreshMargin: margin === null ? null : margin * MINUTE,
      refreshJitter: jitter,
      priority: PRIORITIES.find((word) => word === input.priority) ?? 'normal',
      alertsMuted: input.muted === 'yes',
    },
  }
}

function tagsIn(value: unknown): string[] {
  const tags = text(value)
    .split(/[,、]/)
    .map((tag) => tag.trim())
  return [...new Set(tags.filter((tag) => tag !== ''))]
}

/** Null where nothing was entered; undefined where it is no such number. */
function wholeNumber(value: unknown, least: number, most: number): number | null | undefined {
  const entered = text(value).trim()
  if (entered === '') return null
  const number = /^\d{1,5}$/.test(entered) ? Number(entered) : Number.NaN
  return number >= least && number <= most ? number : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : ''
}
