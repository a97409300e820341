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
  /** The trace that the refresh log names; absent where nobody listened yet when it was written. */
  traceId?: string
}

/** Where refreshes are told to whoever traces. Nobody listens unless tracing is on, and then telling costs nothing. */
export const refreshChannel = channel('evergrant.refresh')

/**
 * The trace (W3C Trace Context) that an attempt will be told under; undefined while nobody listens. It is the attempt's own
 * id: as long, as random at its end, and known before the log is written.
 */
export function traceOf(attemptId: string): string | undefined {
  return refreshChannel.hasSubscribers ? attemptId.replaceAll('-', '') : undefined
}
