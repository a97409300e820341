import type { OutgoingRequest } from '#oauth/types'

/** Words for what is kept of requests to providers. Import these from `#oauth/types`, which passes them on. */

/** A request to a provider as the refresh log keeps it. Of no address more than the host, of no body anything. */
export interface CallRecord {
  method: OutgoingRequest['method']
  host: string
  /** Whether bytes may have left us. */
  sent: boolean
  /** Null where no whole answer came; then `code` says why. */
  status: number | null
  code: string | null
  /** From the call to its end, in whole milliseconds. */
  ms: number
  /** The name that the provider's own log has for it. */
  request_id: string | null
  request: KeptHeaders
  response: KeptHeaders
}

/** Headers of the allow-list by name. Null: there was one, but its value was not safe to keep. */
export type KeptHeaders = Record<string, string | null>

/** Scopes that a refresh brought or took away. */
export interface ScopeChange {
  added: string[]
  removed: string[]
}

/** What the refresh log keeps of an attempt beside its outcome, as one JSON document. */
export interface AttemptDetails {
  calls: readonly CallRecord[]
  /** Absent where the granted scopes stayed as they were, or nobody knew them before. */
  scopes?: ScopeChange
  /** Absent where nobody traced. */
  trace_id?: string
}
