import { once } from 'node:events'
import { flags } from '@adonisjs/core/ace'
import { EXIT } from '#services/command_support'
import { ConnectionFilterCommand } from '#services/connection_filter_command'

export default class ConnectionExport extends ConnectionFilterCommand {
  static commandName = 'connection:export'
  static audits = 'connection.export' as const
  static auditTarget = 'connection' as const
  static description = 'Print connections as JSON lines; tokens are never among them'
  static help = [
    'One JSON object per line on standard output: the fields that connection:import understands, without tokens, then',
    'condition and times in UTC. Without ids or --filter: all connections.',
    'Exit codes: 0 exported (also where nothing matches), 2 bad usage, 130 interrupted.',
  ]

  @flags.boolean({ description: 'Print one JSON object with a list instead of lines' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    const selection = organizationId && (await this.selection(organizationId))
    if (!selection) return
    const { exportConnections } = await import('#services/connection_export')
    const { countSelected, healthAt } = await import('#services/connection_selection')
    const { VerificationProgress, englishProgress } =
      await import('#services/verification/verification_progress')
    const health = await healthAt(selection.organizationId, Date.now())
    const display = new VerificationProgress(process.stderr, this.json ?? false, englishProgress('exported'))
    const total = await countSelected(selection, health)
    const { signal, end } = this.interruption()
    let count = 0
    try {
      if (this.json) await write('{"connections":[')
      for await (const page of exportConnections(selection, health)) {
        if (signal.aborted) break
        await write(
          this.json ? listed(page, count) : page.map((line) => `${JSON.stringify(line)}\n`).join('')
        )
        display.update((count += page.length), Math.max(total, count))
      }
      if (this.json) await write(']}\n')
    } finally {
      display.end()
      end()
    }
    if (!this.json) this.note(count === 1 ? '1 connection' : `${count} connections`)
    if (this.exitCode !== EXIT.interrupted) this.exitCode = EXIT.ok
  }
}

function listed(page: readonly object[], before: number): string {
  const text = page.map((line) => JSON.stringify(line)).join(',')
  return before > 0 && text !== '' ? `,${text}` : text
}

/** Waits for a slow reader, so that what it has not taken yet never piles up in memory. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
