import { Disconnections, type DisconnectionDependencies } from '#services/disconnect/disconnections'
import { Revocations, type RevocationDependencies } from '#services/disconnect/revocations'

/** The part of the engine that ends connections. */
export interface DisconnectDoors {
  disconnections: Disconnections
  /** Tokens of disconnected accounts that their providers still have to end. */
  revocations: Revocations
}

/** Puts the parts together that end connections. */
export function buildDisconnect(
  deps: RevocationDependencies & Omit<DisconnectionDependencies, 'revocations'>
): DisconnectDoors {
  const revocations = new Revocations(deps)
  return { revocations, disconnections: new Disconnections({ ...deps, revocations }) }
}
