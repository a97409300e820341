/** What the provider says of a stored token when it is asked. */
export interface TokenVerdict {
  /** `unknown`: the provider was not or could not be asked. */
  state: 'valid' | 'refused' | 'unknown'
  /** Why; the same word as in the log, such as a failure class or `no_validation`. */
  reason: string
  /** When asking again makes sense, in milliseconds since the epoch, where that is known. */
  retryAt: number | null
}

/** Asks the provider whether it accepts a connection's stored token. It refreshes nothing. */
export interface TokenValidator {
  validate(connectionId: string): Promise<TokenVerdict>
}
