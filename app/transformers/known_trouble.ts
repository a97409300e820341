import type Connection from '#models/connection'
import { knownError } from '#oauth/known_error'
import type { Provider } from '#oauth/types'
import type { ClosedGate } from '#services/provider_facts'

/** Below `account.why.known`: what the code that an account failed with tells; null where its class says as much. */
export function knownTrouble(
  provider: Provider | null,
  { statusReason, errorCode, errorMessage }: Pick<Connection, 'statusReason' | 'errorCode' | 'errorMessage'>
): string | null {
  const kept = { class: statusReason, code: errorCode, message: errorMessage }
  return knownError(provider, kept)?.as ?? null
}

/** The same for the code that closed a provider's gate. */
export function knownGate(provider: Provider | null, { reason, errorCode }: ClosedGate): string | null {
  return knownError(provider, { class: reason, code: errorCode, message: null })?.as ?? null
}
