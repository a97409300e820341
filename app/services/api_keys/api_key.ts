import { AccessToken } from '@adonisjs/auth/access_tokens'
import type { Granted } from '#services/api_keys/abilities'
import type { Row } from '#store/driver'

/** A key as people see it: everything but the key. Instants are milliseconds. */
export interface ApiKey {
  id: string
  organizationId: string
  name: string
  abilities: Granted[]
  createdBy: string | null
  createdAt: number
  lastUsedAt: number | null
  expiresAt: number | null
  revokedAt: number | null
  /** The key that takes its place; it has an end of its own then. */
  replacedBy: string | null
}

/** The row as the framework checks it: only its hash counts here. */
export function tokenOf(row: Row): AccessToken {
  const { id: identifier, organizationId: tokenableId, name, abilities, createdAt } = toApiKey(row)
  const at = new Date(createdAt)
  const times = { createdAt: at, updatedAt: at, lastUsedAt: null, expiresAt: null }
  return new AccessToken({
    identifier,
    tokenableId,
    type: 'api_key',
    name,
    abilities,
    ...times,
    hash: String(row.hash),
  })
}

/** A row of the table. */
export function toApiKey(row: Row): ApiKey {
  const instant = (value: unknown) => (value === null ? null : Number(value))
  const { abilities } = row
  return {
    id: row.id as string,
    organizationId: row.organization_id as string,
    name: row.name as string,
    abilities: typeof abilities === 'string' ? JSON.parse(abilities) : (abilities as Granted[]),
    createdBy: row.created_by as string | null,
    createdAt: Number(row.created_at),
    lastUsedAt: instant(row.last_used_at),
    expiresAt: instant(row.expires_at),
    revokedAt: instant(row.revoked_at),
    replacedBy: row.replaced_by as string | null,
  }
}
