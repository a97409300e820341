import { open } from 'node:fs/promises'
import { args, flags } from '@adonisjs/core/ace'
import { EvergrantCommand, EXIT } from '#services/command_support'
import type { BadLine, ImportOptions, ImportSummary } from '#services/import_service'

/** So many bad lines stand in the JSON; all are counted, and all are told on stderr. */
const LISTED = 10_000

export default class ConnectionImport extends EvergrantCommand {
  static commandName = 'connection:import'
  static audits = 'connection.import' as const
  static description = 'Import connections from a file of JSON lines'
  static help = [
    'One JSON object per line: provider, owner and access_token are required; provider_account_id, username,',
    'refresh_token, token_expires_at, scopes, token_type (oauth2, oauth1a, static), token_secret, config and tags may follow.',
    'Importing the same file again changes nothing, so an interrupted import is simply run again.',
    'Exit codes: 0 all lines are in, 2 the file cannot be read, 3 at least one line is bad, 130 interrupted.',
  ]

  @args.string({ description: 'The file; - reads standard input' })
  declare file: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const source = await openSource(this.file)
    if (!source.ok) return this.refuse(source.reason)
    const organizationId = await this.organizationId()
    if (!organizationId) return source.close()
    const errors: BadLine[] = []
    try {
      const summary = await this.#import(organizationId, source, errors)
      this.#report(summary, errors)
      this.exitCode = summary.interrupted ? EXIT.interrupted : summary.failed > 0 ? EXIT.findings : EXIT.ok
    } finally {
      await source.close()
    }
  }

  async #import(organizationId: string, source: OpenSource, errors: BadLine[]): Promise<ImportSummary> {
    const engine = await this.app.container.make('engine')
    const { ImportService } = await import('#services/import_service')
    const { ImportProgressDisplay } = await import('#services/import_progress')
    const { checkImportLine } = await import('#validators/import_line')
    const display = new ImportProgressDisplay(process.stderr, source.size, this.json ?? false)
    const interruption = new AbortController()
    const stop = () => interruption.abort()
    process.once('SIGINT', stop).once('SIGTERM', stop)
    const options: ImportOptions = {
      organizationId,
      stream: source.stream,
      check: (value) => checkImportLine(value, engine.catalogue.scope(organizationId)),
      onProgress: (progress) => display.update(progress),
      onBadLine: (bad) => {
        display.bad(bad)
        if (errors.length < LISTED) errors.push(bad)
      },
      signal: interruption.signal,
    }
    try {
      return await new ImportService(engine.connections).run(options)
    } finally {
      display.end()
      process.off('SIGINT', stop).off('SIGTERM', stop)
    }
  }

  #report({ imported, updated, unchanged, failed, interrupted }: ImportSummary, errors: BadLine[]): void {
    if (this.json) return this.print(JSON.stringify({ imported, updated, unchanged, failed, errors }))
    this.print(`${imported} imported, ${updated} updated, ${unchanged} unchanged, ${failed} failed`)
    if (interrupted) this.note('Interrupted. Run the same command again to import the rest.')
  }
}

interface OpenSource {
  stream: AsyncIterable<Buffer | Uint8Array>
  /** In bytes; null for standard input. */
  size: number | null
  close(): Promise<void>
}

async function openSource(
  file: string
): Promise<({ ok: true } & OpenSource) | { ok: false; reason: string }> {
  if (file === '-') return { ok: true, stream: process.stdin, size: null, close: async () => {} }
  try {
    const handle = await open(file, 'r')
    const stat = await handle.stat()
    if (stat.isDirectory()) {
      await handle.close()
      return { ok: false, reason: `${file} is a folder, not a file.` }
    }
    const stream = handle.createReadStream({ autoClose: false })
    return { ok: true, stream, size: stat.isFile() ? stat.size : null, close: () => handle.close() }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return { ok: false, reason: missing ? `There is no file ${file}.` : `The file ${file} cannot be read.` }
  }
}
