import type { BackupRefusal, CheckedBackup } from '#services/backup/backup_check'
import type { BackupProblem } from '#services/backup/examine_backup'

const REFUSALS: Readonly<Record<BackupRefusal, string>> = {
  no_such_file: 'There is no such file.',
  no_such_database: 'There is no such database. Restore the dump into it first.',
  bad_name: 'Name a database of the same server, such as evergrant_check, into which the dump was restored.',
  own_database: 'This is the database that the application works with. Name the one that holds the backup.',
}

/** What a check of a backup found, in a sentence for the terminal. Pure. */
export function backupWords(name: string, checked: CheckedBackup): string {
  if (!checked.ok)
    return 'refused' in checked ? REFUSALS[checked.refused] : `${name}: ${problemWords(checked.problem)}`
  const { accounts, tokens, behind } = checked
  const later = behind > 0 ? ` ${behind} newer migrations run at its first start.` : ''
  return `${name} can be restored here: ${accounts} accounts, and each of its ${tokens} sealed values opens.${later}`
}

function problemWords(problem: BackupProblem): string {
  switch (problem.code) {
    case 'not_ours':
      return 'this is no database of Evergrant.'
    case 'damaged':
      return `this file is damaged (${problem.damage}). Make a new backup.`
    case 'newer':
      return `a newer version of Evergrant made it, with ${problem.migrations.join(', ')}. Restore it there.`
    case 'keys':
      return `it cannot be opened here: ${problem.reason}`
    case 'unreadable':
      return `${problem.values} sealed values do not open (${problem.reasons.join(', ')}). Look for the keys that were in ENCRYPTION_KEYS when it was made.`
  }
}
