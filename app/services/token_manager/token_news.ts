import type { TurnQueue } from '#token_refresh/turn_queue'

type Listener = (organizationId: string, connectionIds: readonly string[]) => void

/** What this process has just committed, for the caches of this process: they need not wait to hear of it. */
export class TokenNews {
  readonly #listeners = new Set<Listener>()

  /** Hears of commits until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** To be called after the commit, never before. */
  publish(organizationId: string, connectionIds: readonly string[]): void {
    for (const listener of this.#listeners) listener(organizationId, connectionIds)
  }
}

type Turns = Pick<TurnQueue, 'settle' | 'pausedSince'>

/** Settling as before; what is settled is told before anybody gets its outcome (step 7 of one token's way). */
export function announced(turns: Turns, news: Pick<TokenNews, 'publish'>): Turns {
  return {
    pausedSince: (...query) => turns.pausedSince(...query),
    async settle(settlement) {
      const settled = await turns.settle(settlement)
      news.publish(settlement.claim.organizationId, [settlement.claim.connectionId])
      return settled
    },
  }
}
