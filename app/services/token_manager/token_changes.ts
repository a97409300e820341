/**
 * What was committed somewhere. `owners`: who has which connection, or which organizations there are, may differ. `keys`:
 * an API key is not what it was.
 */
export type TokenChange =
  | { kind: 'token'; organizationId: string; connectionId: string }
  | { kind: 'owners' }
  | { kind: 'keys' }
  | { kind: 'all' }

/** Tells a cache whether what it read is still what the database holds, whichever process wrote it. */
export interface TokenChanges {
  /**
   * A mark of the present state, asked for at each read. What was cached under another mark must be read again; null means
   * that nobody can tell, so nothing cached may be used.
   */
  mark(): number | null
  /** What must be added to this host's clock to get the database's, in milliseconds. */
  offset(): number
  /** Hears of single changes, where the database tells of them. */
  onChange(listener: (change: TokenChange) => void): void
  close(): Promise<void>
}
