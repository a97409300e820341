import type { PendingAuthorization } from '#oauth/authorization'

/** An authorization that was begun for an organization, by whomever. Plain JSON. */
export interface BegunConnect extends PendingAuthorization {
  organizationId: string
  /** The connection that is to be renewed. */
  reconnect: string | null
  startedAt: number
}

/** One that a member began, as the session of that browser keeps it. */
export interface PendingConnect extends BegunConnect {
  userId: string
  /** Where to go afterwards; empty for the account's page. */
  returnTo: string
}

/** An authorization that led to a connection, for the browser that asks a second time. */
export interface FinishedConnect {
  state: string
  path: string
  at: number
}

/** How long a person may take at the provider. */
export const CONNECT_LIFETIME = 10 * 60_000
const MOST_AT_ONCE = 5

/** Adds an entry and drops what is too old or too much, the oldest first. */
export function remember<T>(entries: readonly T[], entry: T, at: (entry: T) => number, now: number): T[] {
  const young = entries.filter((candidate) => isYoung(at(candidate), now))
  return [...young, entry].slice(-MOST_AT_ONCE)
}

/** Takes the entry of a state out of the list, whether or not it is still good. */
export function take<T extends { state: string }>(
  entries: readonly T[],
  state: string
): { found: T | null; rest: T[] } {
  return {
    found: entries.find((entry) => entry.state === state) ?? null,
    rest: entries.filter((entry) => entry.state !== state),
  }
}

/** True within the time that a person has. A moment ahead of now comes from a clock that was set back, and is not. */
export function isYoung(startedAt: number, now: number): boolean {
  return now - startedAt <= CONNECT_LIFETIME && startedAt <= now + 60_000
}
