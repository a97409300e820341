import type { SessionStore } from '#services/campaigns/session_store'

/** Statements name no more connections than this at a time. */
const BATCH = 500

/**
 * Marks live sessions as soon as a member's condition changes. What is noticed while a look is under way goes into the
 * next one together, so that an outage of thousands costs a few statements; whatever a process could not finish is found
 * by the look at all sessions, each minute.
 */
export class SessionWatch {
  readonly #noticed = new Set<string>()
  #looking: Promise<void> | null = null

  constructor(private readonly deps: { store: SessionStore; onTrouble: (error: unknown) => void }) {}

  /** Says that something about a connection changed, after the commit. */
  notice(connectionId: string): void {
    this.#noticed.add(connectionId)
    this.#looking ??= this.#drain()
  }

  /** Resolves when everything that was noticed has been looked at. */
  async settled(): Promise<void> {
    while (this.#looking) await this.#looking
  }

  /** Looks at every live session; returns how many of their members are in trouble. */
  async lookAtAll(): Promise<number> {
    return this.#judge(await this.deps.store.live(null))
  }

  async #drain(): Promise<void> {
    try {
      while (this.#noticed.size > 0) {
        const ids = [...this.#noticed].slice(0, BATCH)
        for (const id of ids) this.#noticed.delete(id)
        await this.#judge(await this.deps.store.live(ids))
      }
    } catch (error) {
      this.#noticed.clear()
      this.deps.onTrouble(error)
    } finally {
      this.#looking = null
    }
  }

  async #judge(sessionIds: readonly string[]): Promise<number> {
    let troubled = 0
    for (const id of sessionIds) troubled += await this.deps.store.judge(id, null)
    return troubled
  }
}
