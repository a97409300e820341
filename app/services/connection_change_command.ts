import { flags } from '@adonisjs/core/ace'
import { EXIT } from '#services/command_support'
import type { ChangeName, ChangeResult, KeepAliveMode } from '#services/connection_changes'
import { ConnectionFilterCommand } from '#services/connection_filter_command'
import type { ConnectionSelection, Selected } from '#services/connection_selection'

interface Tally {
  results: ChangeResult[]
  failed: number
}

/** A command that changes connections, one by one, and reports what became of each. */
export abstract class ConnectionChangeCommand extends ConnectionFilterCommand {
  static help = [
    'Name connections by their ids, select them with --filter, or give both: then both must hold. Qualifiers: provider,',
    'status, health, expires, grant, tag, owner, error, scope; other words are searched for in names, ids, owner and tags.',
    'Exit codes: 0 all done, nothing selected, or a dry run; 2 bad usage; 3 at least one was refused; 130 interrupted.',
  ]

  @flags.boolean({ description: 'Only tell what would be changed' })
  declare dryRun?: boolean

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  protected abstract readonly change: ChangeName

  /** How many are changed at a time. */
  protected readonly concurrency: number = 1

  /** How the connections are kept alive, where that is the change. */
  protected keepAliveMode(): KeepAliveMode {
    return null
  }

  /** Whether to go on with so many connections; says why not. */
  protected async isAgreed(_count: number): Promise<boolean> {
    return true
  }

  async run(): Promise<void> {
    if (!this.ids?.length && !this.filter?.trim()) {
      return this.refuse("Name connections by their ids, or select them with --filter='…'. See --help.")
    }
    const organizationId = await this.organizationId()
    const selection = organizationId && (await this.selection(organizationId))
    if (!selection) return
    const { countSelected, healthAt } = await import('#services/connection_selection')
    const health = await healthAt(selection.organizationId, Date.now())
    const total = await countSelected(selection, health)
    if (total > 0 && !this.dryRun && !(await this.isAgreed(total))) return
    const tally = await this.#changeAll(selection, health, total)
    this.#print(tally)
    if (this.exitCode !== EXIT.interrupted) this.exitCode = tally.failed > 0 ? EXIT.findings : EXIT.ok
  }

  async #changeAll(
    selection: ConnectionSelection,
    health: Parameters<(typeof import('#services/connection_selection'))['selectConnections']>[1],
    total: number
  ): Promise<Tally> {
    const { changeEach } = await import('#services/connection_changes')
    const { selectConnections } = await import('#services/connection_selection')
    const { VerificationProgress, englishProgress } =
      await import('#services/verification/verification_progress')
    const display = new VerificationProgress(process.stderr, this.json ?? false, englishProgress('done'))
    const tally: Tally = { results: [], failed: 0 }
    const onResult = (result: ChangeResult) => {
      tally.results.push(result)
      if (result.status === 'failed') tally.failed += 1
      display.update(tally.results.length, total)
    }
    const { signal, end } = this.interruption()
    const change = await this.#changer(selection.organizationId)
    try {
      // What derives from another account goes second: it may have been changed with that one.
      for (const derived of [false, true]) {
        const selected = selectConnections(selection, health, { derived })
        await changeEach(selected, change, { concurrency: this.concurrency, signal, onResult })
      }
    } finally {
      display.end()
      end()
    }
    return tally
  }

  async #changer(organizationId: string): Promise<(one: Selected) => Promise<ChangeResult>> {
    const { changeOne, wouldChange } = await import('#services/connection_changes')
    if (this.dryRun) return async (one) => wouldChange(this.change, one)
    const engine = await this.app.container.make('engine')
    return (one) => changeOne(engine, this.change, organizationId, one, this.keepAliveMode())
  }

  #print({ results, failed }: Tally): void {
    const total = results.length
    const changed = this.dryRun ? 0 : total - failed
    if (this.json) {
      const { change, dryRun = false } = this
      return this.print(JSON.stringify({ change, dry_run: dryRun, total, changed, failed, results }))
    }
    for (const result of results) if (this.dryRun || result.reason !== null) this.print(line(result))
    if (this.dryRun) return this.print(`${total} selected; nothing was changed`)
    this.print(`${changed} ${PAST[this.change]}, ${failed} failed`)
  }
}

const PAST: Readonly<Record<ChangeName, string>> = {
  pause: 'paused',
  resume: 'resumed',
  reactivate: 'reactivated',
  disconnect: 'disconnected',
  keep_alive: 'set',
}

/** Why a change was refused, or what else an operator should know, in words. */
const REASONS: Readonly<Record<string, string>> = {
  not_found: 'it is gone',
  disconnected: 'it is disconnected; connect it again instead',
  derived: 'its token comes from another account; disconnect that one, or pause this one',
  reconnect_needed: 'the grant was refused before; reconnect it if it fails again',
  already: 'it was disconnected before',
  revoked: 'the provider ended its token',
  later: 'the provider did not end its token yet; it is asked again',
  unsupported: "the provider ends no tokens; remove the application in the account's settings there",
  given_up: 'the provider was not asked, since the account is connected again',
  none: 'there was no token to end',
  unreadable: "its token cannot be decrypted; remove the application in the account's settings there",
}

function line({ status, connection_id: id, provider, username, reason }: ChangeResult): string {
  const name = (username ?? '–').replace(/\p{Cc}/gu, ' ').slice(0, 255)
  const why = reason === null ? '' : `  ${REASONS[reason] ?? reason}`
  return `${status.padEnd(17)} ${provider.padEnd(10)} ${id} ${name}${why}`
}
