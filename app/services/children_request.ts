import { readChildren, type DerivedAccount } from '#oauth/children'
import type { Secret } from '#oauth/secret'
import { RequestError } from '#oauth/template'
import type { ChildrenSlot, Clock, Failure, Provider, Transport } from '#oauth/types'
import type { ChildList } from '#token_refresh/children_plan'

export interface ChildrenQuestion {
  provider: Provider
  slot: ChildrenSlot
  accessToken: Secret
  accountId: string
  config: Readonly<Record<string, string>>
  metadata: Readonly<Record<string, string>>
}

export type ChildrenAnswer = { ok: true; list: ChildList } | { ok: false; failure: Failure }

interface Means {
  transport: Transport
  clock: Clock
  /** For one request, in milliseconds. */
  requestDeadline: number
}

/** Nobody manages more than this; a longer list is taken for a fault and what it holds so far is kept. */
const MOST_PAGES = 50
const MOST_CHILDREN = 5_000
/** For all pages together; it ends before somebody else takes the parent up. */
const TOTAL_DEADLINE = 40_000

/** Asks for a parent's children, page after page. All of it or nothing: a page that fails fails the list. */
export async function askForChildren(question: ChildrenQuestion, means: Means): Promise<ChildrenAnswer> {
  const accounts = new Map<string, DerivedAccount>()
  const tokenless = new Set<string>()
  const { clock } = means
  const startedAt = clock.monotonic()
  let complete = true
  let after: string | null = null
  for (let pages = 1; ; pages++) {
    const left = TOTAL_DEADLINE - (clock.monotonic() - startedAt)
    if (left <= 0) return { ok: false, failure: tooSlow() }
    const result = await askOnce(question, means, after, left)
    if (!result.ok) return result
    const { page } = result
    for (const account of page.accounts) if (!accounts.has(account.id)) accounts.set(account.id, account)
    for (const id of page.tokenless) tokenless.add(id)
    if (page.unreadable > 0) complete = false
    if (page.next === null) break
    if (pages === MOST_PAGES || page.next === after || accounts.size >= MOST_CHILDREN) {
      complete = false
      break
    }
    after = page.next
  }
  const listed = [...accounts.values()].slice(0, MOST_CHILDREN)
  const bare = [...tokenless].filter((id) => !accounts.has(id))
  return {
    ok: true,
    list: { accounts: listed, tokenless: bare, complete: complete && listed.length === accounts.size },
  }
}

async function askOnce(question: ChildrenQuestion, means: Means, after: string | null, left: number) {
  const { provider, slot, accessToken } = question
  try {
    const request = slot.request({ ...question, after })
    const options = {
      deadline: Math.min(means.requestDeadline, left),
      allowPrivate: provider.allowPrivate,
    }
    const exchange = await means.transport.send(request, options)
    return readChildren(provider, slot, exchange, [accessToken])
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return { ok: false as const, failure: error.failure }
  }
}

function tooSlow(): Failure {
  return {
    class: 'unavailable',
    code: 'timeout',
    description: 'The list of accounts took too long to read.',
    status: null,
    retryAfter: null,
  }
}
