import { ALL, type Granted } from '#services/api_keys/abilities'
import type { ApiKey } from '#services/api_keys/api_key'
import { keyStart } from '#services/api_keys/key_text'

const LOOKS = {
  active: { icon: 'circle-check', tone: 'good' },
  replaced: { icon: 'replace', tone: 'warn' },
  expired: { icon: 'clock-off', tone: 'plain' },
  revoked: { icon: 'ban', tone: 'plain' },
} as const

/** Commands make keys under this name. */
const COMMAND = 'command'

/** A key as its page and the list of keys show it; labels are in `programs.state` and `programs.ability`. */
export function apiKeyRow(key: ApiKey, now: number) {
  const { id, name, abilities, createdBy, createdAt, lastUsedAt, expiresAt, replacedBy, revokedAt } = key
  const state = stateOf(key, now)
  const isGood = state === 'active' || state === 'replaced'
  return {
    ...{ id, name, createdAt, lastUsedAt, expiresAt, revokedAt, replacedBy, state, isGood },
    ...LOOKS[state],
    start: keyStart(id),
    abilities: abilities.map(abilityKey),
    createdBy: createdBy === COMMAND ? null : createdBy,
    byCommand: createdBy === COMMAND,
    mayRotate: state === 'active',
  }
}

/** The last word of an ability's key in `programs.ability` and `programs.ability_long`: colons and stars are none of a key. */
export function abilityKey(ability: Granted): string {
  return ability === ALL ? 'all' : ability.replace(':', '_')
}

/** `replaced`: good still, and its successor is there. */
function stateOf({ revokedAt, expiresAt, replacedBy }: ApiKey, now: number): keyof typeof LOOKS {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt !== null && expiresAt <= now) return 'expired'
  return replacedBy === null ? 'active' : 'replaced'
}
