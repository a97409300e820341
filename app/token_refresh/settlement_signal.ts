import type { GateSignal } from '#token_refresh/client_gate'
import type { Settlement } from '#token_refresh/settlement'

/** What the end of an attempt tells the gate of its provider; null where nothing was sent. */
export function signalOf({ ending }: Settlement): GateSignal | null {
  switch (ending.type) {
    case 'tokens':
      return { class: 'success', code: null, retryAfter: null }
    case 'failure':
    case 'spare':
      return ending.decision.failure
    case 'release':
      return null
  }
}
