import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { fromInstant, toInstant } from '#models/columns'
import type { Clock, Random } from '#oauth/types'
import type { Grant } from '#services/grant'
import { grantRow } from '#services/grant_row'
import { toKeepAlive, type KeepAlive } from '#token_refresh/keep_alive'
import type { Vault } from '#vault/vault'

/** What makes a connection unique: one account at one provider in one organization. */
export interface AccountKey {
  organizationId: string
  provider: string
  providerAccountId: string
}

/** Columns about the person behind the connection. What is undefined stays as it is. */
export interface AccountColumns {
  owner?: string
  username?: string | null
  display_name?: string | null
  avatar_url?: string | null
  owner_user_id?: string | null
  tags?: string
}

/** The parts of an existing connection that storing a grant depends on. */
export interface StoredConnection {
  id: string
  ownerUserId: string | null
  status: string
  statusReason: string | null
  isActive: boolean
  tokenVersion: number
  grantGeneration: number
  credentialFp: string | null
  keepAliveUntil: number | null
  keepAlive: KeepAlive | null
  connectedAt: unknown
  metadata: Record<string, string>
}

type Windows = Pick<StoredConnection, 'keepAliveUntil' | 'keepAlive'>

const FRESH: Windows = { keepAliveUntil: null, keepAlive: null }

interface Dependencies {
  vault: Vault
  clock: Clock
  random: Random
}

/**
 * Writes grants into connections, inside the caller's transaction. The connection of an account is held first and read
 * then, so that neither an attempt in flight nor a second consent can slip in between.
 */
export class GrantStore {
  constructor(private readonly deps: Dependencies) {}

  /** Holds the account's connection until the transaction ends; null where there is none yet. */
  async hold(trx: TransactionClientContract, key: AccountKey): Promise<StoredConnection | null> {
    const where = columnsOf(key)
    const held = trx.from('connections').where(where)
    if (trx.dialect.supportsReturningStatement) held.returning('*')
    // Changes nothing. It takes the row's lock, and on SQLite the right to write, before anything is read.
    const updated: unknown = await held.update({ provider: key.provider })
    const row = Array.isArray(updated) ? updated[0] : await trx.from('connections').where(where).first()
    return row ? toStored(row) : null
  }

  /** Makes a connection for an account that has none. */
  async insert(
    trx: TransactionClientContract,
    key: AccountKey,
    id: string,
    grant: Grant,
    account: AccountColumns
  ): Promise<void> {
    const now = toInstant(this.deps.clock.now())
    await trx.table('connections').insert({
      id,
      ...columnsOf(key),
      ...defined(account),
      ...this.#row(key.organizationId, id, FRESH, grant),
      metadata: JSON.stringify(grant.metadata),
      token_version: 1,
      grant_generation: 1,
      connected_at: now,
      created_at: now,
    })
  }

  /** Replaces the grant of a held connection in place: a new generation, which no answer to the old grant can reach. */
  async replace(
    trx: TransactionClientContract,
    key: AccountKey,
    stored: StoredConnection,
    grant: Grant,
    account: AccountColumns
  ): Promise<void> {
    await trx
      .from('connections')
      .where('id', stored.id)
      .update({
        ...defined(account),
        ...this.#row(key.organizationId, stored.id, stored, grant),
        metadata: JSON.stringify(grant.metadata),
        token_version: stored.tokenVersion + 1,
        grant_generation: stored.grantGeneration + 1,
        connected_at: stored.connectedAt ?? toInstant(this.deps.clock.now()),
      })
  }

  #row(organizationId: string, connectionId: string, windows: Windows, grant: Grant) {
    const { clock, random, vault } = this.deps
    const now = clock.now()
    const instant = (milliseconds: number) => toInstant(milliseconds)
    const { keepAliveUntil, keepAlive } = windows
    const kept = { keepAliveUntil, keepAlive }
    return grantRow({ grant, organizationId, connectionId, ...kept, now, random, vault, instant })
  }
}

function columnsOf({ organizationId, provider, providerAccountId }: AccountKey) {
  return { organization_id: organizationId, provider, provider_account_id: providerAccountId }
}

function defined(columns: AccountColumns): Record<string, string | null> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

function toStored(row: Record<string, unknown>): StoredConnection {
  return {
    id: row.id as string,
    ownerUserId: row.owner_user_id as string | null,
    status: row.status as string,
    statusReason: row.status_reason as string | null,
    isActive: Boolean(row.is_active),
    tokenVersion: Number(row.token_version),
    grantGeneration: Number(row.grant_generation),
    credentialFp: row.credential_fp as string | null,
    keepAliveUntil: fromInstant(row.keep_alive_until)?.toMillis() ?? null,
    keepAlive: toKeepAlive(row.keep_alive),
    connectedAt: row.connected_at,
    metadata: typeof row.metadata === 'string' ? JSON.parse(row.metadata) : row.metadata,
  }
}
