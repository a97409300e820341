import { flags } from '@adonisjs/core/ace'
import { EvergrantCommand, EXIT } from '#services/command_support'
import type { RotateAnswer } from '#services/encryption_service'

type Rotated = Extract<RotateAnswer, { type: 'rotated' }>
type Refused = Extract<RotateAnswer, { type: 'refused' }>

/** So many unreadable rows are listed; all are counted. */
const LISTED = 10_000

export default class EncryptionRotate extends EvergrantCommand {
  static commandName = 'encryption:rotate'
  static audits = 'installation.rotate_encryption' as const
  static auditScope = 'all' as const
  static description = 'Re-encrypt all tokens under the newest key, then retire the older keys'
  static help = [
    'Write the new key first in ENCRYPTION_KEYS, keep the old ones behind it, restart every process, then run this; the',
    'application goes on working. When it says that a key is retired, that key can be taken out of ENCRYPTION_KEYS.',
    'It covers all organizations and can be stopped and run again at any time.',
    'Exit codes: 0 everything is under the newest key, 2 a process still runs with the older keys, 3 something does not',
    'open or is left under an older key, 130 interrupted.',
  ]

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  @flags.boolean({ description: 'Take processes that were started before the newest key for ended' })
  declare force?: boolean

  async run(): Promise<void> {
    if (this.organization !== undefined) {
      return this.refuse('All organizations share the keys; encryption:rotate takes no --organization.')
    }
    const answer = await this.#rotate()
    if (answer.type === 'refused') return this.#refuseFor(answer)
    if (this.json) this.print(JSON.stringify(toJson(answer)))
    else this.#print(answer)
    const unfinished = answer.unreadable.length > 0 || countLeft(answer) > 0
    this.exitCode = answer.interrupted ? EXIT.interrupted : unfinished ? EXIT.findings : EXIT.ok
  }

  async #rotate(): Promise<RotateAnswer> {
    const engine = await this.app.container.make('engine')
    const { EncryptionService } = await import('#services/encryption_service')
    const { RotationProgressDisplay } = await import('#services/rotation_progress')
    const service = EncryptionService.open(engine)
    const display = new RotationProgressDisplay(process.stderr, this.json ?? false)
    const interruption = new AbortController()
    const stop = () => interruption.abort()
    process.once('SIGINT', stop).once('SIGTERM', stop)
    try {
      return await service.rotate({
        force: this.force,
        onProgress: (progress) => display.update(progress),
        signal: interruption.signal,
      })
    } finally {
      display.end()
      process.off('SIGINT', stop).off('SIGTERM', stop)
      await service.close()
    }
  }

  #refuseFor({ processes }: Refused): void {
    for (const { role, pid, host, startedAt } of processes) {
      this.note(`${role} (process ${pid} on ${host}), started ${new Date(startedAt).toISOString()}`)
    }
    this.refuse(
      'These processes were started before the newest key was there and could not read what it seals. Restart them, ' +
        'then run this again. If they have ended without saying so, add --force. Nothing was changed.'
    )
  }

  #print(answer: Rotated): void {
    const { key, rewrapped, unreadable, left, retired, interrupted } = answer
    this.print(`${rewrapped} records re-encrypted under "${key}"`)
    for (const [id, count] of Object.entries(left)) this.print(`${count} records left under "${id}"`)
    for (const row of unreadable.slice(0, LISTED)) {
      const name = rowName(row)
      this.note(`${name}: ${row.column} does not open (${row.reason}); left as it is`)
    }
    if (retired.length > 0) {
      this.print(
        `Retired: ${retired.join(', ')}. Take it out of ENCRYPTION_KEYS now; nothing needs it any more.`
      )
    }
    if (interrupted) return this.note('Interrupted. Run the same command again to do the rest.')
    if (unreadable.length > 0) {
      this.note(
        `${unreadable.length} records do not open. Reconnect or remove the accounts, enter the secrets of the providers again, then run this once more.`
      )
    } else if (countLeft(answer) > 0) {
      this.note('Some records were being changed. Run this again to do the rest.')
    }
  }
}

function rowName(row: Rotated['unreadable'][number]): string {
  if ('connection_id' in row) return row.connection_id
  if ('provider_id' in row) return `provider ${row.provider_id}`
  if ('user_id' in row) return `second factor of the person ${row.user_id}`
  return 'channel_id' in row ? `notification channel ${row.channel_id}` : `revocation ${row.revocation_id}`
}

function countLeft({ left }: Rotated): number {
  return Object.values(left).reduce((sum, count) => sum + count, 0)
}

function toJson({ key, rewrapped, unreadable, left, retired, interrupted }: Rotated) {
  const rows = unreadable.slice(0, LISTED)
  return { key, rewrapped, unreadable: unreadable.length, left, retired, interrupted, unreadable_rows: rows }
}
