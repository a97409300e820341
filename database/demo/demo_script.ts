import { readFileSync } from 'node:fs'
import type { Role } from '#models/membership'

/** What an account of the demo is like when it starts. */
export const CONDITIONS = [
  /** Refused twice: only a person can revive it. */
  'reconnect',
  'suspended',
  'paused',
  /** Nothing can refresh it. */
  'static',
  /** A first refusal waits for its confirmation. */
  'retrying',
  /** Due in a moment, and revoked at its provider. */
  'revoked',
  /** Within its margin, outside of any campaign's window. */
  'due',
  /** Due within the first minutes. */
  'soon',
  /** Its provider takes its time, and its tokens live for less than a minute. */
  'slow',
  'healthy',
] as const
export type Condition = (typeof CONDITIONS)[number]

type Counts = { count: number } & Partial<Record<Exclude<Condition, 'healthy'>, number>>

/** How a provider refuses a dead token, in its own words. */
export interface RefusalWords {
  status: number
  code: string | null
  message: string | null
}

/** Everything that is invented, as `resources/demo.json` has it. */
export interface DemoScript {
  organizations: { slug: string; name: string }[]
  staff: { email: string; name: string; role: Role }[]
  /** Names and user names, with a bar between them. */
  people: string[]
  tags: string[]
  /** Hours that access tokens live, where the provider's definition says nothing. */
  lives: Record<string, number>
  /** For each organization, by provider. */
  accounts: Record<string, Counts>[]
  refusals: Record<string, RefusalWords> & { others: RefusalWords }
  suspension: string
  outage: { provider: string; began_days_ago: number; hours: number }
  campaign: { channels: string; size: number; names: string[] }
  /** The provider whose accounts a person refreshes by hand. */
  manual_run: string
}

export function readScript(): DemoScript {
  return JSON.parse(readFileSync(new URL('../../resources/demo.json', import.meta.url), 'utf8'))
}
