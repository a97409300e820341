import type { ChangeName } from '#services/connection_changes'

/** What people do to many accounts at once on the list. Each becomes a run under the name of the job. */
export const BULK_JOBS = {
  refresh: 'token:refresh',
  pause: 'connection:pause',
  resume: 'connection:resume',
  tag: 'connection:tag',
  untag: 'connection:untag',
  link: 'connection:reconnect-link',
  disconnect: 'connection:disconnect',
} as const
export type BulkAction = keyof typeof BULK_JOBS

export const BULK_ACTIONS = Object.keys(BULK_JOBS) as BulkAction[]

/** Those that `connection_changes.ts` does. */
export const SWITCHES = ['pause', 'resume', 'disconnect'] as const satisfies readonly ChangeName[]

/** One change to many: `tag` for the two that need one. */
export interface BulkChange {
  action: Exclude<BulkAction, 'refresh'>
  tag: string | null
}

/** A tag may have so many characters, and an account so many tags, as with an import. */
export const LONGEST_TAG = 64
export const MOST_TAGS = 50
