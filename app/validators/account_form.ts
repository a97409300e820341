import { KEEP_ALIVE, type KeepAlive } from '#token_refresh/keep_alive'
import { LONGEST_TAG, MOST_TAGS } from '#services/bulk/bulk_actions'

export const LONGEST_NOTES = 2_000
/** In minutes: as long as an integer column holds in milliseconds. */
export const LONGEST_MARGIN = 14 * 24 * 60
const MINUTE = 60_000

/** The settings of one account as a form sends them. */
export interface AccountForm {
  tags: string[]
  notes: string | null
  /** Null follows the provider's definition. */
  keepAlive: KeepAlive | null
  /** In milliseconds; null follows the provider's definition. */
  refreshMargin: number | null
  alertsMuted: boolean
}

export type FormField = 'tags' | 'notes' | 'margin'
/** What is wrong with a field: a key of the catalogue below `account.settings.problems`. */
export type FormProblem = { field: FormField; problem: 'too_many' | 'too_long' | 'no_number' }

export type FormResult = { ok: true; form: AccountForm } | { ok: false; problems: FormProblem[] }

/** Reads the form. Tags stand between commas; each counts once. */
export function accountForm(input: Record<string, unknown>): FormResult {
  const tags = tagsIn(input.tags)
  const notes = text(input.notes)
  const margin = text(input.margin).trim()
  const minutes = Number(margin)
  const problems: FormProblem[] = []
  if (tags.length > MOST_TAGS) problems.push({ field: 'tags', problem: 'too_many' })
  if (tags.some((tag) => tag.length > LONGEST_TAG)) problems.push({ field: 'tags', problem: 'too_long' })
  if (notes.length > LONGEST_NOTES) problems.push({ field: 'notes', problem: 'too_long' })
  const isNumber = /^\d{1,5}$/.test(margin) && minutes >= 1 && minutes <= LONGEST_MARGIN
  if (margin !== '' && !isNumber) problems.push({ field: 'margin', problem: 'no_number' })
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    form: {
      ...{ tags, notes: notes.trim() || null },
      keepAlive: KEEP_ALIVE.find((word) => word === input.keep_alive) ?? null,
      refreshMargin: margin === '' ? null : minutes * MINUTE,
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

function text(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : ''
}
