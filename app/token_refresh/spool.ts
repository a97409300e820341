import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import type { Settlement } from '#token_refresh/settlement'

type Line = { settlement: Settlement } | { settled: string }

/**
 * Where finished refreshes wait while the database refuses to store them: a file of sealed answers, each line on disk
 * when `append` returns. It is written only while commits fail and is emptied once everything in it is stored, so that
 * normally there is none. A last line that a crash cut off is left out.
 */
export class Spool {
  readonly #waiting = new Set<string>()

  constructor(private readonly path: string) {}

  /** Keeps a settlement across a crash. Throws where the file cannot be written. */
  append(settlement: Settlement): void {
    this.#waiting.add(settlement.claim.attemptId)
    this.#write({ settlement })
  }

  /** The settlement of this attempt is in the database. */
  settled(attemptId: string): void {
    if (!this.#waiting.delete(attemptId)) return
    if (this.#waiting.size === 0) truncateSync(this.path)
    else this.#write({ settled: attemptId })
  }

  /** What an earlier process kept and did not get into the database, oldest first. */
  pending(): Settlement[] {
    if (!existsSync(this.path)) return []
    const settlements = new Map<string, Settlement>()
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      const entry = parse(line)
      if (entry && 'settlement' in entry) settlements.set(entry.settlement.claim.attemptId, entry.settlement)
      else if (entry) settlements.delete(entry.settled)
    }
    for (const attemptId of settlements.keys()) this.#waiting.add(attemptId)
    return [...settlements.values()]
  }

  /** Opened anew for each line: it is written rarely, and a file that an operator moved away must not swallow answers. */
  #write(line: Line): void {
    const file = openSync(this.path, 'as', 0o600)
    try {
      writeSync(file, `\n${JSON.stringify(line)}`)
    } finally {
      closeSync(file)
    }
  }
}

function parse(line: string): Line | null {
  if (line === '') return null
  try {
    return JSON.parse(line) as Line
  } catch {
    return null
  }
}
