import { bodyOf, namedAccount } from '#oauth/account'
import { classifyFailure } from '#oauth/classify_failure'
import { isObject, type JsonObject } from '#oauth/own'
import { Secret } from '#oauth/secret'
import type { AccountProfile, ChildrenSlot, Exchange, Failure, Provider } from '#oauth/types'

/** One account whose token derives from another's, ready to be stored. */
export interface DerivedAccount extends AccountProfile {
  accessToken: Secret
}

/** What one page of an answer lists. */
export interface ChildrenPage {
  accounts: DerivedAccount[]
  /** Ids of accounts that the answer lists without a token that could be sent. */
  tokenless: string[]
  /** Entries that name no account at all. */
  unreadable: number
  /** How to ask for the next page; null where this was the last. */
  next: string | null
}

export type ChildrenResult = { ok: true; page: ChildrenPage } | { ok: false; failure: Failure }

/** A cursor longer than this is not one. */
const LONGEST_CURSOR = 2_048
const SENDABLE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/

/**
 * Judges one page of the answer that lists a parent's children. Pure, never throws. An entry that cannot be used costs
 * that entry alone; an answer that the definition cannot read is class `unknown`, code `no_children`. Class `rejected`
 * speaks of the parent's access token.
 */
export function readChildren(
  provider: Provider,
  slot: ChildrenSlot,
  exchange: Exchange,
  presented: readonly Secret[]
): ChildrenResult {
  const body = bodyOf(provider, exchange)
  const page = body && pageIn(slot, body)
  if (page) return { ok: true, page }
  const failure = classifyFailure(provider, exchange, 'account', presented)
  return { ok: false, failure: body ? { ...failure, class: 'unknown', code: 'no_children' } : failure }
}

function pageIn(slot: ChildrenSlot, body: JsonObject): ChildrenPage | null {
  try {
    const { accounts, next } = slot.read(body)
    if (!Array.isArray(accounts)) return null
    const cursor = typeof next === 'string' && next !== '' && next.length <= LONGEST_CURSOR ? next : null
    return { ...sorted(accounts), next: cursor }
  } catch {
    // A definition reads the shape it knows.
    return null
  }
}

/** An account that is listed twice counts once; the first entry that can be used wins. */
function sorted(entries: readonly unknown[]): Omit<ChildrenPage, 'next'> {
  const accounts = new Map<string, DerivedAccount>()
  const tokenless = new Set<string>()
  let unreadable = 0
  for (const entry of entries) {
    const account = isObject(entry) ? namedAccount(entry as unknown as AccountProfile) : null
    if (!account) unreadable += 1
    else if (accounts.has(account.id)) continue
    else if (hasToken(entry)) accounts.set(account.id, { ...account, accessToken: entry.accessToken })
    else tokenless.add(account.id)
  }
  for (const id of accounts.keys()) tokenless.delete(id)
  return { accounts: [...accounts.values()], tokenless: [...tokenless], unreadable }
}

function hasToken(entry: unknown): entry is { accessToken: Secret } {
  if (!isObject(entry) || !(entry.accessToken instanceof Secret)) return false
  const token: unknown = entry.accessToken.reveal()
  return typeof token === 'string' && SENDABLE.test(token)
}
