/** What a run that goes on by itself is given. */
export interface BackgroundMeans {
  /** Asks the run to begin nothing new. */
  signal: AbortSignal
  /** To be called with the run's id as soon as there is one. */
  onBegin: (runId: string) => void
}

/** `joined`: the same was under way already. Null where nothing was begun, since the process is stopping. */
export type Begun = { runId: string; joined: boolean } | null

interface Active {
  runId: string
  interruption: AbortController
  ended: Promise<unknown>
}

/**
 * Runs that a page began: they go on in this process after the page has been answered. Each can be cancelled; when the
 * process ends, all are, and what they have in flight is finished and saved.
 */
export class BackgroundRuns {
  readonly #beginning = new Map<string, Promise<string | null>>()
  readonly #active = new Map<string, Active>()
  #stopping = false

  constructor(private readonly trouble: (error: unknown) => void) {}

  /**
   * Begins a run and answers with its id, without waiting for its end. While a run of the same key is under way, that one
   * is answered. A run that breaks off before it has an id rejects here; later trouble is told to the log, and stands in
   * the run itself.
   */
  async begin(key: string, run: (means: BackgroundMeans) => Promise<unknown>): Promise<Begun> {
    const active = this.#active.get(key)
    if (active) return { runId: active.runId, joined: true }
    const before = this.#beginning.get(key)
    if (before) return joined(await before)
    if (this.#stopping) return null
    const beginning = this.#start(key, run)
    this.#beginning.set(key, beginning)
    try {
      const runId = await beginning
      return runId === null ? null : { runId, joined: false }
    } finally {
      this.#beginning.delete(key)
    }
  }

  /** Cancels every run, begins no more, and waits until what is in flight has been saved. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.allSettled(this.#beginning.values())
    const active = [...this.#active.values()]
    for (const { interruption } of active) interruption.abort()
    await Promise.allSettled(active.map(({ ended }) => ended))
  }

  async #start(key: string, run: (means: BackgroundMeans) => Promise<unknown>): Promise<string | null> {
    const interruption = new AbortController()
    const begun = Promise.withResolvers<string | null>()
    const ended = run({ signal: interruption.signal, onBegin: (runId) => begun.resolve(runId) })
    ended.then(
      () => begun.resolve(null),
      (error) => begun.reject(error)
    )
    const runId = await begun.promise
    if (runId !== null) this.#keep(key, { runId, interruption, ended })
    return runId
  }

  #keep(key: string, active: Active): void {
    this.#active.set(key, active)
    const forget = () => void this.#active.delete(key)
    active.ended.then(forget, (error) => {
      forget()
      this.trouble(error)
    })
    if (this.#stopping) active.interruption.abort()
  }
}

function joined(runId: string | null): Begun {
  return runId === null ? null : { runId, joined: true }
}
