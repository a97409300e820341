import { setImmediate as otherWork } from 'node:timers/promises'
import type { ConnectionService } from '#services/connection_service'
import type { ImportLine } from '#services/import_line'
import { readLines, type Line } from '#services/read_lines'

export interface ImportProgress {
  lines: number
  bytes: number
}

export interface BadLine {
  line: number
  message: string
}

export interface ImportOptions {
  organizationId: string
  stream: AsyncIterable<Buffer | Uint8Array>
  /** Checks the decoded JSON of one line. */
  check: (value: unknown) => Promise<{ ok: true; line: ImportLine } | { ok: false; message: string }>
  onBadLine: (bad: BadLine) => void
  onProgress?: (progress: ImportProgress) => void
  /** Ends the import after the transaction that is under way. */
  signal?: AbortSignal
}

export interface ImportSummary {
  imported: number
  updated: number
  unchanged: number
  failed: number
  interrupted: boolean
}

const LONGEST_LINE = 64 * 1024
const LARGEST_CHUNK = 100
const SMALLEST_CHUNK = 10
/** How long a transaction may take, in milliseconds, so that refreshes of other processes get their turn. */
const CHUNK_TIME = 50

/**
 * Imports a stream of NDJSON: bad lines are reported and passed over, good ones are stored in short transactions. It
 * remembers nothing, because lines that were imported before change nothing: an interrupted import is simply run again.
 */
export class ImportService {
  constructor(private readonly connections: Pick<ConnectionService, 'importMany'>) {}

  async run(options: ImportOptions): Promise<ImportSummary> {
    const summary: ImportSummary = { imported: 0, updated: 0, unchanged: 0, failed: 0, interrupted: false }
    let chunk: ImportLine[] = []
    let size = LARGEST_CHUNK
    for await (const line of readLines(options.stream, LONGEST_LINE)) {
      if (options.signal?.aborted) return { ...summary, interrupted: true }
      const checked = await checkLine(line, options.check)
      if (checked.ok) chunk.push(checked.line)
      else {
        summary.failed += 1
        options.onBadLine({ line: line.number, message: checked.message })
      }
      if (chunk.length < size) continue
      size = nextSize(size, await this.#store(options.organizationId, chunk, summary))
      chunk = []
      options.onProgress?.({ lines: line.number, bytes: line.bytes })
    }
    await this.#store(options.organizationId, chunk, summary)
    return { ...summary, interrupted: options.signal?.aborted ?? false }
  }

  /** Returns how long the transaction took. */
  async #store(organizationId: string, chunk: ImportLine[], summary: ImportSummary): Promise<number> {
    if (chunk.length === 0) return 0
    const startedAt = performance.now()
    for (const { status } of await this.connections.importMany(organizationId, chunk)) summary[status] += 1
    const took = performance.now() - startedAt
    await otherWork()
    return took
  }
}

async function checkLine(line: Line, check: ImportOptions['check']) {
  if ('problem' in line) return { ok: false as const, message: line.problem }
  const value = parse(line.text)
  return value === undefined ? { ok: false as const, message: 'The line is not valid JSON.' } : check(value)
}

/** The parser's own message would quote the line, and with it a token. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function nextSize(size: number, took: number): number {
  const fitting = Math.round((size * CHUNK_TIME) / Math.max(took, 1))
  return Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, fitting))
}
