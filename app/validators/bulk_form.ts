import type { NamedProviders } from '#services/account_filter/parse_filter'
import { BULK_ACTIONS, LONGEST_TAG, type BulkAction } from '#services/bulk/bulk_actions'
import type { AccountFilter } from '#services/account_list'
import { accountFilter } from '#validators/account_filter'

/** What the bar of chosen accounts sends, and the page that asks for the rest. */
export interface BulkForm {
  action: BulkAction | null
  /** Null: all that the filter shows. */
  ids: string[] | null
  filter: AccountFilter
  tag: string | null
  /** The number that was typed, for what cannot be undone. */
  count: string | null
}

/** More than a page of the list can show. */
const MOST_IDS = 500
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Reads the form; what makes no sense in it is as if it were not there. */
export function bulkForm(input: Record<string, unknown>, providers: NamedProviders): BulkForm {
  return {
    action: BULK_ACTIONS.find((one) => one === input.action) ?? null,
    ids: input.all === '1' ? null : idsIn(input.ids),
    filter: accountFilter(input, providers),
    tag: text(input.tag, LONGEST_TAG),
    count: text(input.count, 16),
  }
}

/** Ids of accounts in a list, or in one text between commas. Each once, in lower case. */
export function idsIn(value: unknown): string[] {
  const parts = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : []
  const ids = parts.filter((one): one is string => typeof one === 'string' && UUID.test(one))
  return [...new Set(ids.map((id) => id.toLowerCase()))].slice(0, MOST_IDS)
}

function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  return value.replaceAll('\0', '').toWellFormed().trim().slice(0, longest) || null
}
