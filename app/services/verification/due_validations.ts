import type { ProviderRegistry } from '#oauth/registry'
import type { Clock } from '#oauth/types'
import type { VerificationPace } from '#services/verification/verification_runs'
import type { VerificationSelector } from '#services/verification/verification_selection'
import type { VerificationService } from '#services/verification/verification_service'

export interface DueValidationDependencies {
  providers: ProviderRegistry
  verification: Pick<VerificationService, 'verify'>
  selector: Pick<VerificationSelector, 'claimDue' | 'claimRetries'>
  pace: VerificationPace
  clock: Clock
  sleep: (milliseconds: number) => Promise<void>
}

/** A look ends in time for the next one, a minute later. */
const LONGEST_LOOK = 50_000
/** Groups of one look, where there is no time between them. */
const MOST_GROUPS = 100
/** A claim of a process that died, or a test that met trouble on its way, is due again after this. */
const CLAIM = 5 * 60_000

/**
 * The validation that some providers demand of every token in use (`validationInterval`), and T5's second look at a
 * refused token that nothing can refresh. Every process may look: each connection is claimed by one statement just
 * before it is tested, so it is tested once however many processes there are, and a claim that comes to nothing ends by
 * itself.
 */
export class DueValidations {
  #looking: Promise<number> | null = null
  #stopping = false

  constructor(private readonly deps: DueValidationDependencies) {}

  /** Tests what is due, a bounded part of it and gently; returns how many. A look that is under way is joined. */
  look(): Promise<number> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  /** Begins nothing new and waits for what is being tested. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#looking?.catch(() => {})
  }

  async #look(): Promise<number> {
    const { clock, pace, sleep, verification } = this.deps
    const startedAt = clock.monotonic()
    let tested = 0
    for (let group = 0; group < MOST_GROUPS; group++) {
      if (clock.monotonic() - startedAt > LONGEST_LOOK) return tested
      if (group > 0) await sleep(pace.spacing)
      if (this.#stopping) return tested
      const claimed = await this.#claim()
      if (claimed.length === 0) return tested
      await Promise.all(claimed.map((id) => verification.verify(id, { autoRefresh: true })))
      tested += claimed.length
    }
    return tested
  }

  async #claim(): Promise<string[]> {
    const { selector, clock, pace } = this.deps
    const claimed = await selector.claimRetries(pace.concurrency, CLAIM)
    for (const provider of this.deps.providers.all()) {
      const limit = pace.concurrency - claimed.length
      if (limit === 0) break
      const { id, validationInterval } = provider
      if (validationInterval === null) continue
      const windowed = provider.refresh.keepAlive === 'while_authorized'
      const before = clock.now() - validationInterval
      claimed.push(...(await selector.claimDue({ provider: id, before, windowed, limit, lease: CLAIM })))
    }
    return claimed
  }
}
