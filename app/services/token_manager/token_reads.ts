/** Where reads of one process found their token, counted since its start. */
export interface TokenReads {
  /** In this process's memory. */
  memory: number
  /** In Redis. */
  shared: number
  /** Nowhere but in the database. */
  stored: number
}

/** A count that begins. */
export const noReads = (): TokenReads => ({ memory: 0, shared: 0, stored: 0 })

/** The count of this process. */
export const processReads: TokenReads = noReads()
