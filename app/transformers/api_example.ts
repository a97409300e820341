import { allows, type Ability } from '#services/api_keys/abilities'

/** A call that changes nothing, for each ability that has one. */
const CALLS: readonly (readonly [Ability, string])[] = [
  ['connections:read', '/connections?limit=5'],
  ['tokens:read', '/token?provider=PROVIDER&owner=OWNER'],
  ['runs:read', '/runs?limit=5'],
  ['stats:read', '/stats'],
  ['campaigns:read', '/campaigns'],
  ['notifications:read', '/channels'],
]

/** A first call for a key with these abilities, to be pasted into a terminal; null where it may only write. */
export function apiExample(abilities: readonly string[], appUrl: string): string | null {
  const call = CALLS.find(([ability]) => allows(abilities, ability))
  if (!call) return null
  return `curl -H "Authorization: Bearer $EVERGRANT_KEY" "${appUrl}/api/v1${call[1]}"`
}
