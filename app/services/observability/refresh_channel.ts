import { channel } from 'node:diagnostics_channel'

/** A refresh that has been settled: one request to a provider, and what it came to. Nothing secret, and nobody's name. */
export interface RefreshEnded {
  provider: string
  kind: string
  status: string
  /** The class of a failure; as in the refresh log. */
  reason: string
  /** Milliseconds. */
  took: number
}

/** Where refreshes are told to whoever traces. Nobody listens unless tracing is on, and then telling costs nothing. */
export const refreshChannel = channel('evergrant.refresh')
