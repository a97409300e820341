import type { FaultKind } from '#sandbox/faults'

/**
 * How a token request ended: `granted`, `reused` (a spent refresh token came again, the grant was ended), `refused`
 * (any other OAuth error), `down`, or the fault that was planned for it.
 */
export type RequestOutcome = 'granted' | 'reused' | 'refused' | 'down' | FaultKind

/** One request at the token endpoint. It never holds a token. */
export interface TokenRequest {
  /** Milliseconds since the epoch. */
  at: number
  accountId: string | null
  grantType: string
  outcome: RequestOutcome
  /** The OAuth error code, where one was answered. */
  error: string | null
}

/** Counts since the server started. */
export interface RequestCounts {
  /** All token requests. */
  total: number
  /** Refreshes that were answered with new tokens. */
  refreshes: number
  refreshesByAccount: Record<string, number>
  /** How often a spent refresh token was presented again. */
  reuseDetections: number
  outcomes: Partial<Record<RequestOutcome, number>>
}

const KEEP = 50

/** Remembers the last requests for the control page and counts all of them for tests. */
export class RequestLog {
  #recent: TokenRequest[] = []
  #total = 0
  #refreshes = new Map<string, number>()
  #outcomes: Partial<Record<RequestOutcome, number>> = {}

  /** Newest first. */
  get recent(): readonly TokenRequest[] {
    return this.#recent
  }

  add(request: TokenRequest): void {
    this.#recent = [request, ...this.#recent].slice(0, KEEP)
    this.#total += 1
    this.#outcomes[request.outcome] = (this.#outcomes[request.outcome] ?? 0) + 1
    if (request.grantType !== 'refresh_token' || request.outcome !== 'granted' || !request.accountId) return
    this.#refreshes.set(request.accountId, (this.#refreshes.get(request.accountId) ?? 0) + 1)
  }

  counts(): RequestCounts {
    return {
      total: this.#total,
      refreshes: [...this.#refreshes.values()].reduce((sum, count) => sum + count, 0),
      refreshesByAccount: Object.fromEntries(this.#refreshes),
      reuseDetections: this.#outcomes.reused ?? 0,
      outcomes: { ...this.#outcomes },
    }
  }
}
