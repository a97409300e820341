import { closeSync, fdatasync, openSync, readSync, writeSync } from 'node:fs'
import type { GrantState } from '#tests/helpers/lab/grants'

/** One line of the truth. `request` numbers the requests in their order of arrival; 0 is the laboratory itself. */
export interface TruthEntry {
  at: number
  request: number
  account: string
  event: 'granted' | 'revoked' | 'presented' | 'processed' | 'faulted' | 'answered' | 'closed' | 'cut'
  token?: string
  verdict?: string
  /** The grant after the event. */
  grant?: GrantState
}

/**
 * The append-only log of what really happened. `flush` resolves when everything written so far would survive a power
 * cut; entries of one turn of the event loop share one sync.
 */
export class TruthLog {
  readonly #file: number
  #waiting: (() => void)[] = []
  #syncing = false

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o600)
  }

  write(entry: TruthEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (!this.#syncing) this.#sync()
    })
  }

  #sync(): void {
    this.#syncing = true
    setImmediate(() => {
      const served = this.#waiting
      this.#waiting = []
      fdatasync(this.#file, (error) => {
        if (error) throw error
        for (const resolve of served) resolve()
        this.#syncing = false
        if (this.#waiting.length > 0) this.#sync()
      })
    })
  }
}

/** Reads a truth log as it grows. */
export class TruthReader {
  readonly #file: number
  readonly #entries = new Map<string, TruthEntry[]>()
  #position = 0
  #rest = ''

  constructor(path: string) {
    this.#file = openSync(path, 'r')
  }

  /** Everything that is known about an account, in order. */
  of(account: string): readonly TruthEntry[] {
    this.#catchUp()
    return this.#entries.get(account) ?? []
  }

  /** The requests of all accounts. */
  all(): TruthEntry[] {
    this.#catchUp()
    return [...this.#entries.values()].flat()
  }

  /** Drops what is known about accounts that were judged. */
  forget(accounts: readonly string[]): void {
    for (const account of accounts) this.#entries.delete(account)
  }

  close(): void {
    closeSync(this.#file)
  }

  #catchUp(): void {
    const buffer = Buffer.alloc(1 << 20)
    for (;;) {
      const length = readSync(this.#file, buffer, 0, buffer.length, this.#position)
      if (length === 0) return
      this.#position += length
      const lines = (this.#rest + buffer.toString('latin1', 0, length)).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.#take(JSON.parse(line) as TruthEntry)
    }
  }

  #take(entry: TruthEntry): void {
    const known = this.#entries.get(entry.account)
    if (known) known.push(entry)
    else this.#entries.set(entry.account, [entry])
  }
}
