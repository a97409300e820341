import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { uuid } from '#models/uuid'
import type { ProviderRegistry } from '#oauth/registry'
import type { AccountProfile, Clock, Random } from '#oauth/types'
import { ConnectionSwitches, type SwitchResult } from '#services/connection_switches'
import { grantFromAnswer, type AnsweredGrant, type Grant } from '#services/grant'
import { grantEvents, writeEvents, type StoredGrant } from '#services/grant_events'
import { credentialOf } from '#services/grant_row'
import { GrantStore, type AccountKey, type StoredConnection } from '#services/grant_store'
import { grantFromLine, IMPORTED_AS, type ImportLine } from '#services/import_line'
import type { TokenNews } from '#services/token_manager/token_news'
import { writeTransaction } from '#services/write_transaction'
import { credentialFingerprint, type Vault } from '#vault/vault'

export interface SaveGrant extends AnsweredGrant {
  organizationId: string
  account: AccountProfile
  /** For a connection that is new; an existing one keeps its owner. */
  owner: string
  /** The user whose own account this is, where that is known. A connection that belongs to a user already stays theirs. */
  ownerUserId?: string | null
  /** The connection that the person meant to renew. */
  reconnect?: string | null
}

export interface SavedGrant {
  connectionId: string
  created: boolean
  /** The person came back with another account than the one to be renewed, which was left as it is. */
  otherAccount: boolean
}

export interface ImportedLine {
  status: 'imported' | 'updated' | 'unchanged'
  connectionId: string
}

/** Connects, reconnects and imports accounts, and switches connections off and on. */
export class ConnectionService {
  readonly #grants: GrantStore
  readonly #switches: ConnectionSwitches

  constructor(
    private readonly deps: {
      providers: ProviderRegistry
      vault: Vault
      clock: Clock
      random: Random
      /** Hears of what was committed; absent where there is no cache to tell. */
      news?: Pick<TokenNews, 'publish'>
    }
  ) {
    this.#grants = new GrantStore(deps)
    this.#switches = new ConnectionSwitches(deps)
  }

  /**
   * Stores a grant that a person has just given. An account that is connected already keeps its row, its owner and a
   * pause; everything else about its old grant ends in the same transaction.
   */
  async saveGrant(input: SaveGrant): Promise<SavedGrant> {
    const { organizationId, account, reconnect } = input
    const grant = grantFromAnswer(input)
    const key = { organizationId, provider: input.provider.id, providerAccountId: account.id }
    const profile = {
      username: account.username,
      display_name: account.displayName,
      avatar_url: account.avatarUrl,
    }
    const saved = await writeTransaction(async (trx) => {
      const stored = await this.#grants.hold(trx, key)
      if (stored) {
        const ownerUserId = stored.ownerUserId ?? input.ownerUserId ?? undefined
        const person = { ...profile, owner_user_id: ownerUserId }
        await this.#grants.replace(trx, key, stored, withImportMark(grant, stored), person)
        await this.#tell(trx, { key, connectionId: stored.id, before: stored, isConsent: true })
        return { connectionId: stored.id, created: false }
      }
      const owner = { owner: input.owner, owner_user_id: input.ownerUserId ?? null }
      const connectionId = uuid(this.deps.clock.now())
      await this.#grants.insert(trx, key, connectionId, grant, { ...profile, ...owner })
      await this.#tell(trx, { key, connectionId, before: null, isConsent: true })
      return { connectionId, created: true }
    })
    this.deps.news?.publish(organizationId, [saved.connectionId])
    const otherAccount = Boolean(reconnect) && reconnect?.toLowerCase() !== saved.connectionId
    return { ...saved, otherAccount }
  }

  /** Imports one line; see `importMany`. */
  async importOne(organizationId: string, line: ImportLine): Promise<ImportedLine> {
    return (await this.importMany(organizationId, [line]))[0]
  }

  /**
   * Imports lines in one transaction. A line whose tokens a connection holds, or held before it refreshed them, changes
   * nothing, so that a file can be imported again at any time; other tokens replace the grant like a reconnect.
   */
  async importMany(organizationId: string, lines: readonly ImportLine[]): Promise<ImportedLine[]> {
    const results = await writeTransaction(async (trx) => {
      const imported: ImportedLine[] = []
      for (const line of lines) imported.push(await this.#importLine(trx, organizationId, line))
      return imported
    })
    const ids = results.map(({ connectionId }) => connectionId)
    this.deps.news?.publish(organizationId, ids)
    return results
  }

  /** Nothing refreshes the connection until it is resumed. */
  pause(organizationId: string, id: string): Promise<SwitchResult> {
    return this.#told(organizationId, id, this.#switches.pause(organizationId, id))
  }

  resume(organizationId: string, id: string): Promise<SwitchResult> {
    return this.#told(organizationId, id, this.#switches.resume(organizationId, id))
  }

  /** Takes a deactivated connection back into service (T10). */
  reactivate(organizationId: string, id: string): Promise<SwitchResult> {
    return this.#told(organizationId, id, this.#switches.reactivate(organizationId, id))
  }

  async #told<T>(organizationId: string, id: string, work: Promise<T>): Promise<T> {
    const result = await work
    this.deps.news?.publish(organizationId, [id.toLowerCase()])
    return result
  }

  #tell(trx: TransactionClientContract, stored: StoredGrant): Promise<void> {
    return writeEvents(trx, grantEvents(stored), this.deps.clock.now())
  }

  async #importLine(
    trx: TransactionClientContract,
    organizationId: string,
    line: ImportLine
  ): Promise<ImportedLine> {
    const { providers, clock } = this.deps
    const grant = grantFromLine(providers.get(line.provider), line, clock.now())
    const key: AccountKey = {
      organizationId,
      provider: line.provider,
      providerAccountId: line.providerAccountId,
    }
    const stored = await this.#grants.hold(trx, key)
    if (stored && (await isKnown(trx, stored, grant))) {
      return { status: 'unchanged', connectionId: stored.id }
    }
    const account = {
      owner: line.owner,
      username: line.username ?? undefined,
      tags: JSON.stringify(line.tags),
    }
    const connectionId = stored?.id ?? uuid(clock.now())
    const imported = marked(grant, credentialFingerprint(connectionId, credentialOf(grant)))
    if (stored) await this.#grants.replace(trx, key, stored, imported, account)
    else await this.#grants.insert(trx, key, connectionId, imported, account)
    await this.#tell(trx, { key, connectionId, before: stored, isConsent: false })
    return { status: stored ? 'updated' : 'imported', connectionId }
  }
}

/**
 * True where the credential is the connection's own, the one it was last imported with, or one that it has presented
 * in a refresh before. Without this a second import would put spent tokens in the place of live ones.
 */
async function isKnown(
  trx: TransactionClientContract,
  stored: StoredConnection,
  grant: Grant
): Promise<boolean> {
  if (stored.status === 'disconnected') return false
  const fingerprint = credentialFingerprint(stored.id, credentialOf(grant))
  if (fingerprint === stored.credentialFp || fingerprint === stored.metadata[IMPORTED_AS]) return true
  const presented = { connection_id: stored.id, old_fp: fingerprint, outcome: 'success' }
  return (await trx.from('refresh_attempts').where(presented).select('id').first()) !== null
}

function withImportMark(grant: Grant, { metadata }: StoredConnection): Grant {
  const mark = metadata[IMPORTED_AS]
  return mark === undefined ? grant : marked(grant, mark)
}

function marked(grant: Grant, mark: string): Grant {
  return { ...grant, metadata: { ...grant.metadata, [IMPORTED_AS]: mark } }
}
