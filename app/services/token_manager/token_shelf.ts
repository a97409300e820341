import type { Clock } from '#oauth/types'
import { ReAuthRequiredError, type ReAuthCode } from '#exceptions/re_auth_required_error'
import { OrganizationNeeded, type TokenSelector } from '#services/token_manager/selector'
import {
  openToken,
  sealedToken,
  servable,
  type SealedToken,
  type ServableToken,
  type ValidToken,
} from '#services/token_manager/servable_token'
import type { Borrowed, SharedCache } from '#services/token_manager/shared_cache'
import { ownerKey, tokenKey, type TokenCache, type Visit } from '#services/token_manager/token_cache'
import type { TokenChanges } from '#services/token_manager/token_changes'
import type { TokenRow } from '#services/token_manager/token_row'
import type { TokenRows } from '#services/token_manager/token_rows'
import type { Vault } from '#vault/vault'

export interface ShelfDependencies {
  rows: TokenRows
  vault: Vault
  cache: TokenCache
  changes: TokenChanges
  /** Null without Redis. */
  shared: SharedCache | null
  clock: Clock
  /** The id of the provider that an organization calls by this name. */
  providerId: (organizationId: string, name: string) => Promise<string>
  /** Where a person connects or reconnects. */
  reconnectPath: (connectionId: string | null) => string
}

/** A row as it was read, and what is needed to cache what is served from it. */
export interface Found {
  row: TokenRow
  visit: Visit | null
  borrowed: Borrowed
}

/**
 * Where stored tokens are looked for: in this process's memory, in Redis, in the database. What is found in the first two
 * has enough life left and its connection was in order when it was read; everything else is judged on the database's row.
 */
export class TokenShelf {
  constructor(private readonly deps: ShelfDependencies) {}

  /** Now, on the database's clock. */
  now(): number {
    return this.deps.clock.now() + this.deps.changes.offset()
  }

  /** The token from memory, if nothing was committed that could make it old. */
  cached(selector: TokenSelector): ValidToken | null {
    const { cache, changes } = this.deps
    const mark = selector.mark === undefined ? changes.mark() : selector.mark
    if (mark === null) return null
    const organizationId = selector.organizationId ?? cache.onlyOrganization(mark)
    if (organizationId === null) return null
    const key = 'connectionId' in selector ? tokenKey(organizationId, selector.connectionId) : null
    const token = cache.token(key ?? this.#keyOfOwner(organizationId, selector, mark), mark)
    return token === null ? null : this.#openFresh(token)
  }

  /** The token from Redis; otherwise the row. Throws `ReAuthRequiredError` where there is none or several. */
  async look(selector: TokenSelector): Promise<ValidToken | Found> {
    const { changes, cache, shared, vault } = this.deps
    const visit = cache.visit(changes.mark())
    const place = shared && visit ? await this.#place(selector, visit.mark) : null
    const borrowed = place && shared ? await shared.borrow(place.organizationId, place.connectionId) : null
    if (borrowed?.value) {
      const token = servable(vault, borrowed.value)
      const opened = token && isAt(place, token) ? this.#openFresh(token) : null
      if (token && opened) {
        cache.keepToken(visit, token)
        return opened
      }
    }
    return { ...(await this.find(selector, visit)), borrowed }
  }

  /** The row of a selector, from the database. Throws `ReAuthRequiredError` where there is none or several. */
  async find(selector: TokenSelector, begun?: Visit | null): Promise<Found> {
    const { cache, changes, rows } = this.deps
    const visit = begun === undefined ? cache.visit(changes.mark()) : begun
    const organizationId = await this.#organization(selector, visit)
    if ('connectionId' in selector) {
      const row = await rows.byId(organizationId, selector.connectionId)
      if (!row) throw this.#absent('not_found', null, null)
      return { row, visit, borrowed: null }
    }
    const { owner, provider } = selector
    const providerId = await this.deps.providerId(organizationId, provider)
    const found = await rows.byOwner(organizationId, providerId, owner)
    if (found.length !== 1)
      throw this.#absent(found.length ? 'ambiguous_connection' : 'not_found', owner, provider)
    const [row] = found
    const key = tokenKey(row.organizationId, row.connectionId)
    cache.keepOwner(visit, ownerKey(organizationId, provider, owner), key)
    return { row, visit, borrowed: null }
  }

  /** Another connection of the same organization, or the same one again; null where it is gone. */
  async read(organizationId: string, connectionId: string): Promise<Found | null> {
    const visit = this.deps.cache.visit(this.deps.changes.mark())
    const row = await this.deps.rows.byId(organizationId, connectionId)
    return row ? { row, visit, borrowed: null } : null
  }

  /** Opens the stored token, and caches it, sealed, where it has enough life left. Null where it does not open. */
  open({ row, visit, borrowed }: Found): ValidToken | null {
    const { vault, cache, shared } = this.deps
    if (row.accessToken === null) return null
    const sealed: SealedToken = sealedToken({ ...row, accessToken: row.accessToken })
    const token = servable(vault, sealed)
    const opened = token && openToken(vault, token)
    if (!token || !opened) return null
    if (token.freshUntil > this.now()) {
      cache.keepToken(visit, token)
      shared?.bring(borrowed, sealed)
    }
    return opened
  }

  /** Drops a connection's token from every cache. */
  forget(organizationId: string, connectionId: string): void {
    this.deps.cache.forget({ kind: 'token', organizationId, connectionId })
    this.deps.shared?.forget(organizationId, connectionId)
  }

  /** Drops what is remembered of who has which connection. */
  forgetOwners(): void {
    this.deps.cache.forget({ kind: 'owners' })
  }

  #openFresh(token: ServableToken): ValidToken | null {
    return token.freshUntil > this.now() ? openToken(this.deps.vault, token) : null
  }

  #keyOfOwner(organizationId: string, selector: TokenSelector, mark: number): string {
    if ('connectionId' in selector) return tokenKey(organizationId, selector.connectionId)
    return this.deps.cache.keyOfOwner(ownerKey(organizationId, selector.provider, selector.owner), mark) ?? ''
  }

  async #place(selector: TokenSelector, mark: number) {
    const organizationId = await this.#organization(selector, this.deps.cache.visit(mark))
    const key = this.#keyOfOwner(organizationId, selector, mark)
    const connectionId = key.slice(organizationId.length + 1)
    return connectionId ? { organizationId, connectionId } : null
  }

  async #organization({ organizationId }: TokenSelector, visit: Visit | null): Promise<string> {
    const { cache, rows } = this.deps
    const known = organizationId ?? (visit && cache.onlyOrganization(visit.mark))
    if (known !== null && known !== undefined) return known
    const only = await rows.onlyOrganization()
    if (only === null) throw new OrganizationNeeded()
    cache.keepOnlyOrganization(visit, only)
    return only
  }

  #absent(code: ReAuthCode, owner: string | null, provider: string | null): ReAuthRequiredError {
    const reconnectPath = this.deps.reconnectPath(null)
    return new ReAuthRequiredError(code, { connectionId: null, owner, provider, reconnectPath })
  }
}

function isAt(place: { organizationId: string; connectionId: string } | null, token: ServableToken): boolean {
  return place?.organizationId === token.organizationId && place.connectionId === token.connectionId
}
