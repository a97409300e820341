import { hash } from 'node:crypto'
import type { ApiKey } from '#services/api_keys/api_key_service'
import { Lru } from '#services/token_manager/lru'
import type { TokenChanges } from '#services/token_manager/token_changes'

/** A look into the memory: what it holds, and a way to add what the database said instead. */
export interface Recollection {
  apiKey: ApiKey | null
  /** Remembers this key for as long as no process commits a change of it. */
  keep(apiKey: ApiKey): void
}

interface Kept {
  apiKey: ApiKey
  mark: number
}

/**
 * The keys that this process has verified, by the SHA-256 of their text, so that no key lies in memory and no comparison
 * can be timed. An entry counts only under the mark of the database that it was read under: a key that any process
 * revokes is read again at its next call. Its expiry is for the caller to judge.
 */
export class KeyMemory {
  readonly #kept: Lru<Kept>
  #version = 0

  constructor(changes: Pick<TokenChanges, 'onChange'>, bound = 2_000) {
    this.#kept = new Lru(bound)
    changes.onChange(({ kind }) => {
      if (kind === 'keys' || kind === 'all') this.forget()
    })
  }

  /** `mark`: of the database, now. */
  recall(text: string, mark: number | null): Recollection {
    const name = hash('sha256', text, 'base64')
    const known = this.#kept.get(name)
    const version = this.#version
    return {
      apiKey: known !== undefined && known.mark === mark ? known.apiKey : null,
      keep: (apiKey) => {
        if (mark !== null && version === this.#version) this.#kept.set(name, { apiKey, mark })
      },
    }
  }

  /** Everything, and what is being read right now. */
  forget(): void {
    this.#version += 1
    this.#kept.clear()
  }
}
