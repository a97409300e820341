import { args, flags } from '@adonisjs/core/ace'
import { EvergrantCommand, EXIT } from '#services/command_support'

const PROBLEMS = {
  exists: 'There is a file of this name already, and a backup replaces nothing. Choose another name.',
  no_folder: 'The folder of this file does not exist.',
  on_postgres: [
    'This installation is on PostgreSQL, which has its own tool for this:',
    '  pg_dump --format=custom --file=evergrant.dump "$DATABASE_URL"',
    'Only PostgreSQL reads such a file. Restore it into an empty database, and "node ace backup:check" looks at that.',
  ].join('\n'),
}

export default class DatabaseBackup extends EvergrantCommand {
  static commandName = 'database:backup'
  static audits = 'installation.back_up' as const
  static auditScope = 'all' as const
  static description = 'Copy the SQLite database into a new file while the application works, and check it'
  static help = [
    'The file is readable for its owner alone, and holds the tokens sealed as they are: keep ENCRYPTION_KEYS elsewhere.',
    'On PostgreSQL it says which command does this.',
    'Exit codes: 0 it is made and can be restored, 2 it was not begun, 3 it was made and cannot be restored here.',
  ]

  @args.string({ description: 'A file that does not exist yet', argumentName: 'file' })
  declare file: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    if (this.organization !== undefined)
      return this.refuse('A backup holds all organizations; database:backup takes no --organization.')
    const { backUpHere } = await import('#services/backup/make_backup')
    const { checkBackup } = await import('#services/backup/backup_check')
    const { backupWords } = await import('#services/backup/backup_words')
    const made = await backUpHere(this.file)
    if (!made.ok) return this.refuse(PROBLEMS[made.problem])
    const checked = await checkBackup(this.file)
    const words = backupWords(this.file, checked)
    this.print(this.json ? JSON.stringify({ ...checked, message: words }) : words)
    this.exitCode = checked.ok ? EXIT.ok : EXIT.findings
  }
}
