import type { ApiKey } from '#services/api_keys/api_key_service'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** A key as commands print it; the key itself is known to its bearer alone. */
export function keyFigures(key: ApiKey, now: number) {
  const { id, name, abilities } = key
  return {
    ...{ id, name, abilities },
    state: stateOf(key, now),
    created_by: key.createdBy,
    created_at: iso(key.createdAt),
    last_used_at: iso(key.lastUsedAt),
    expires_at: iso(key.expiresAt),
    revoked_at: iso(key.revokedAt),
  }
}

function stateOf({ revokedAt, expiresAt }: ApiKey, now: number): 'active' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active'
}
