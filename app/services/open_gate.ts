import type { Engine } from '#services/build_engine'
import { gateOf } from '#token_refresh/gate_directory'

/** Lets requests to a provider through at once, whatever its gate waits for. False where nothing was in the way. */
export function openGate(
  { store, providers }: Pick<Engine, 'store' | 'providers'>,
  providerId: string
): Promise<boolean> {
  return store.openGate(gateOf(providers, providerId))
}
