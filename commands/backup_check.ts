import { args, flags } from '@adonisjs/core/ace'
import { EvergrantCommand, EXIT } from '#services/command_support'

export default class BackupCheck extends EvergrantCommand {
  static commandName = 'backup:check'
  static description = 'Say whether a backup could be restored here, with the keys of this installation'
  static help = [
    'Looks whether it is whole, whether this version knows its schema, and whether every token in it opens with',
    'ENCRYPTION_KEYS; it changes nothing there. Settings → Data shows the last good check.',
    'On SQLite it takes a file. On PostgreSQL, whose dumps only its own tools read, it takes the name of a database on the',
    'same server into which the dump was restored: createdb evergrant_check, then pg_restore --dbname=… evergrant.dump.',
    'Exit codes: 0 it can be restored, 2 there is no such thing, 3 it cannot, and why.',
  ]

  @args.string({
    description: 'The file; on PostgreSQL the database that holds the dump',
    argumentName: 'file',
  })
  declare file: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    if (this.organization !== undefined)
      return this.refuse('A backup holds all organizations; backup:check takes no --organization.')
    const { checkBackup } = await import('#services/backup/backup_check')
    const { backupWords } = await import('#services/backup/backup_words')
    const checked = await checkBackup(this.file)
    const words = backupWords(this.file, checked)
    if (!checked.ok && 'refused' in checked) return this.refuse(words)
    this.print(this.json ? JSON.stringify({ ...checked, message: words }) : words)
    this.exitCode = checked.ok ? EXIT.ok : EXIT.findings
  }
}
