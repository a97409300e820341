import { Lru } from '#services/token_manager/lru'
import type { ServableToken } from '#services/token_manager/servable_token'
import type { TokenChange } from '#services/token_manager/token_changes'

interface Kept<T> {
  value: T
  mark: number
}

/** Taken before the database is read; what was read is kept only if nothing changed meanwhile. */
export interface Visit {
  readonly mark: number
  readonly version: number
}

/**
 * This process's memory of tokens, sealed, and of who has which connection. The organization is part of every key. An
 * entry counts only under the mark that it was read under.
 */
export class TokenCache {
  readonly #tokens: Lru<Kept<ServableToken>>
  readonly #owners: Lru<Kept<string>>
  #only: Kept<string> | null = null
  #version = 0

  constructor(bound: number) {
    this.#tokens = new Lru(bound)
    this.#owners = new Lru(bound)
  }

  token(key: string, mark: number): ServableToken | null {
    const kept = this.#tokens.get(key)
    return kept !== undefined && kept.mark === mark ? kept.value : null
  }

  /** The key of the token that an owner has at a provider. */
  keyOfOwner(ownerKey: string, mark: number): string | null {
    const kept = this.#owners.get(ownerKey)
    return kept !== undefined && kept.mark === mark ? kept.value : null
  }

  onlyOrganization(mark: number): string | null {
    return this.#only?.mark === mark ? this.#only.value : null
  }

  visit(mark: number | null): Visit | null {
    return mark === null ? null : { mark, version: this.#version }
  }

  keepToken(visit: Visit | null, token: ServableToken): void {
    if (!this.#holds(visit)) return
    this.#tokens.set(tokenKey(token.organizationId, token.connectionId), { value: token, mark: visit.mark })
  }

  keepOwner(visit: Visit | null, key: string, value: string): void {
    if (this.#holds(visit)) this.#owners.set(key, { value, mark: visit.mark })
  }

  keepOnlyOrganization(visit: Visit | null, value: string): void {
    if (this.#holds(visit)) this.#only = { value, mark: visit.mark }
  }

  /** Forgets what a commit has made old, and everything that is being read right now. */
  forget(change: TokenChange): void {
    this.#version += 1
    if (change.kind === 'token') {
      this.#tokens.delete(tokenKey(change.organizationId, change.connectionId))
      return
    }
    this.#owners.clear()
    this.#only = null
    if (change.kind === 'all') this.#tokens.clear()
  }

  get size(): number {
    return this.#tokens.size
  }

  #holds(visit: Visit | null): visit is Visit {
    return visit !== null && visit.version === this.#version
  }
}

// An id has a fixed form, and NUL stands in no name: two selectors never share a key.
export const tokenKey = (organizationId: string, connectionId: string) => `${organizationId}/${connectionId}`
export const ownerKey = (organizationId: string, provider: string, owner: string) =>
  `${organizationId}/${provider}\0${owner}`
