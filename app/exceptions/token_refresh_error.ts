/** Why there is no usable token right now, although it may pass (SPEC §5.3). */
export type TokenRefreshCode = 'refresh_retrying' | 'provider_unavailable' | 'rate_limited'

export interface TokenRefreshTrouble {
  connectionId: string
  provider: string
  /** When asking again makes sense, in milliseconds from now. */
  retryAfter: number
  /** The failure class, or why nothing was sent. */
  cause: string
  reconnectPath: string | null
}

const SENTENCES: Readonly<Record<TokenRefreshCode, string>> = {
  refresh_retrying: 'The last refresh failed; the next try is planned.',
  provider_unavailable: 'The provider cannot be asked right now.',
  rate_limited: 'The provider limits how often it may be asked.',
}

/** The stored token has lapsed and could not be renewed yet. Asking again after `retryAfter` may help. */
export class TokenRefreshError extends Error {
  override readonly name = 'TokenRefreshError'
  readonly status: 429 | 503
  readonly connectionId: string
  readonly provider: string
  readonly retryAfter: number
  override readonly cause: string
  readonly reconnectPath: string | null

  constructor(
    /** The code of the problem in API answers. */
    readonly code: TokenRefreshCode,
    trouble: TokenRefreshTrouble
  ) {
    super(SENTENCES[code])
    this.status = code === 'rate_limited' ? 429 : 503
    this.connectionId = trouble.connectionId
    this.provider = trouble.provider
    this.retryAfter = trouble.retryAfter
    this.cause = trouble.cause
    this.reconnectPath = trouble.reconnectPath
  }
}
