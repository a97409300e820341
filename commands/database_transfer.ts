import { args, flags } from '@adonisjs/core/ace'
import { EvergrantCommand, EXIT } from '#services/command_support'
import type { TransferAnswer, TransferRefusal } from '#services/transfer/database_transfer'

const REFUSALS: Readonly<Record<TransferRefusal, string>> = {
  target_is_not_postgres:
    'The target is the database of this process. Set DB_CONNECTION=pg and DATABASE_URL to the PostgreSQL database first.',
  no_such_file: 'There is no such file. Name the SQLite database, for example data/evergrant.sqlite3.',
  not_ours: 'This file is no database of Evergrant.',
  schemas_differ:
    'The two databases have different schemas. Run "node ace migration:run --force" on both with this version first.',
  target_in_use: 'The target has people or accounts already. Transfer into an empty database.',
  source_in_use:
    'A process still works with the SQLite database. Stop it first; if it was killed on another host, add --force.',
}

export default class DatabaseTransfer extends EvergrantCommand {
  static commandName = 'database:transfer'
  static description = 'Copy a SQLite database into the PostgreSQL database of this installation'
  static help = [
    'Stop the application, keep ENCRYPTION_KEYS and APP_KEY as they are, set DB_CONNECTION=pg and DATABASE_URL, run',
    '"node ace migration:run --force", then this. Tokens are copied encrypted, as they are. It is all or nothing. The SQLite',
    'database is put into quarantine, so that it cannot refresh the same grants by accident; people sign in again.',
    'Exit codes: 0 everything is there, 2 it could not begin, and says why.',
  ]

  @args.string({ description: 'The SQLite file', argumentName: 'file' })
  declare file: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  @flags.boolean({ description: 'Take processes that the SQLite database remembers for ended' })
  declare force?: boolean

  async run(): Promise<void> {
    if (this.organization !== undefined) {
      return this.refuse('All organizations move together; database:transfer takes no --organization.')
    }
    const { transferDatabase } = await import('#services/transfer/database_transfer')
    const { VerificationProgress, englishProgress } =
      await import('#services/verification/verification_progress')
    const display = new VerificationProgress(
      process.stderr,
      this.json ?? false,
      englishProgress('rows copied')
    )
    const answer = await transferDatabase(this.file, {
      force: this.force,
      onProgress: (done, total) => display.update(done, total),
    }).finally(() => display.end())
    if (answer.type === 'refused') return this.refuse(REFUSALS[answer.reason])
    this.#print(answer)
    this.exitCode = EXIT.ok
  }

  #print({ rows, tables }: Extract<TransferAnswer, { type: 'transferred' }>): void {
    if (this.json) return this.print(JSON.stringify({ rows, tables }))
    for (const [table, count] of Object.entries(tables)) if (count > 0) this.print(`${table}: ${count}`)
    this.print(`${rows} rows transferred`)
    this.note(
      'Start the application now. Keep the SQLite file until you have seen it work; it is in quarantine.'
    )
  }
}
