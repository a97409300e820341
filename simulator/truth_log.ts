import type { Violation } from '#simulator/types'

/** One request as it was: who presented what, when, and what came of it. */
export interface Truth {
  at: number
  dialect: string
  /** The vendor URL that was asked for, without its query. */
  url: string
  method: string
  account: string | null
  /** The token or code that was presented. */
  presented: string | null
  /** `ok`, the name of a failure or mode, or `wrong:` and what was wrong about the request. */
  verdict: string
  violation: Violation | null
}

/** Everything that was asked, in order. Beyond `most` the oldest is forgotten. */
export class TruthLog {
  readonly entries: Truth[] = []

  constructor(private readonly most = 10_000) {}

  add(truth: Truth): void {
    this.entries.push(truth)
    if (this.entries.length > this.most) this.entries.shift()
  }

  /** Requests that no honest client of that vendor would send. */
  get misshapen(): Truth[] {
    return this.entries.filter(({ violation }) => violation !== null)
  }

  /** Requests that carried this token. */
  of(presented: string): Truth[] {
    return this.entries.filter((truth) => truth.presented === presented)
  }
}
