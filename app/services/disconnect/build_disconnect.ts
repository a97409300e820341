import { ConnectionDeletion } from '#services/disconnect/deletion'
import { Disconnections, type DisconnectionDependencies } from '#services/disconnect/disconnections'
import { Revocations, type RevocationDependencies } from '#services/disconnect/revocations'

/** The part of the engine that ends connections. */
export interface DisconnectDoors {
  disconnections: Disconnections
  deletion: ConnectionDeletion
  /** Tokens of disconnected accounts that their providers still have to end. */
  revocations: Revocations
}

/** Puts the parts together that end connections. */
export function buildDisconnect(
  deps: RevocationDependencies & Omit<DisconnectionDependencies, 'revocations'>
): DisconnectDoors {
  const revocations = new Revocations(deps)
  const disconnections = new Disconnections({ ...deps, revocations })
  const deletion = new ConnectionDeletion({ ...deps, disconnections })
  return { revocations, disconnections, deletion }
}
