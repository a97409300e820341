import type { Secret } from '#oauth/secret'
import { fromInstant } from '#models/columns'
import { INSERT_REVOCATION } from '#services/disconnect/disconnect_sql'
import { run, type Row, type Work } from '#store/driver'
import type { Vault } from '#vault/vault'

/** A token that its provider has to end. Instants in milliseconds. */
export interface Revocation {
  id: string
  organizationId: string
  connectionId: string
  provider: string
  accountId: string
  /** Sealed for this row. */
  token: string
  hint: 'access_token' | 'refresh_token'
  config: Record<string, string>
  metadata: Record<string, string>
  /** From when on the token is dead by itself; null where nobody knows. */
  expiresAt: number | null
  attempts: number
  createdAt: number
}

/** What is known of a new revocation. */
export type NewRevocation = Omit<Revocation, 'token' | 'attempts' | 'createdAt'> & { secret: Secret }

/** The place that the token of a revocation is sealed for. */
export function revocationPlace({ id, organizationId }: Pick<Revocation, 'id' | 'organizationId'>) {
  return { organizationId, connectionId: id, column: 'revocations.token' }
}

/** Writes a revocation that is due at once, inside the caller's transaction. */
export function* insertRevocation(vault: Vault, revocation: NewRevocation, at: number): Work<void> {
  const { id, organizationId, connectionId, provider, accountId, hint, config, metadata } = revocation
  const token = vault.seal(revocation.secret, revocationPlace(revocation))
  const account = [organizationId, connectionId, provider, accountId]
  const variables = [JSON.stringify(config), JSON.stringify(metadata)]
  yield* run(INSERT_REVOCATION, [id, ...account, token, hint, ...variables, revocation.expiresAt, at, at])
}

export function toRevocation(row: Row): Revocation {
  return {
    id: row.id as string,
    organizationId: row.organization_id as string,
    connectionId: row.connection_id as string,
    provider: row.provider as string,
    accountId: row.provider_account_id as string,
    token: row.token as string,
    hint: row.hint as Revocation['hint'],
    config: readDocument(row.config),
    metadata: readDocument(row.metadata),
    expiresAt: fromInstant(row.expires_at)?.toMillis() ?? null,
    attempts: Number(row.attempts),
    createdAt: fromInstant(row.created_at)!.toMillis(),
  }
}

/** A JSON column in either database's shape. */
export function readDocument(value: unknown): Record<string, string> {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Record<string, string>
}
