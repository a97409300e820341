import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { explainStartFailure } from '#exceptions/start_failure'
import type { AuditAction } from '#services/audit/actions'
import { beginCommand, outcomeOfExit } from '#services/audit/audited_command'
import type { AuditedRequest } from '#services/audit/audited_request'
import type { TargetKind } from '#services/audit/targets'
import type { NoOrganization } from '#services/organization_choice'

/** What a command's exit code means (SPEC §5.2). */
export const EXIT = { ok: 0, crash: 1, usage: 2, findings: 3, interrupted: 130 } as const

/**
 * What our commands have in common: data on stdout, everything else on stderr, an exit code that scripts can rely on,
 * and the organization that the command is about.
 */
export abstract class EvergrantCommand extends BaseCommand {
  static options: CommandOptions = { startApp: true }

  /** What the command changes, for the audit trail; null: nothing. */
  static audits: AuditAction | null = null
  /** What its argument `id`, `name` or a single one of `ids` names. */
  static auditTarget: TargetKind | null = null
  /** Whose trail it is told in: the organization's, that of all, or that of the one that it makes. */
  static auditScope: 'organization' | 'all' | 'made' = 'organization'
  /** The entry in the trail, for what the arguments do not tell. */
  protected audit: AuditedRequest | null = null

  @flags.string({ description: 'Slug or id of the organization; the only one unless told' })
  declare organization?: string

  /** A missing argument or an unknown flag is bad usage. Ace would end with 1, and leaves no other place to say so. */
  static validate(parsed: Parameters<typeof BaseCommand.validate>[0]): void {
    try {
      super.validate(parsed)
    } catch (error) {
      process.once('exit', () => {
        process.exitCode = EXIT.usage
      })
      throw error
    }
  }

  /** Whoever reads our output may stop early (`| head`); that is no failure. */
  async prepare(): Promise<void> {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.ok)
      throw error
    })
    await this.#beginAudit()
  }

  /** Failures that an operator can mend are told in a sentence; bugs keep their stack. */
  async completed(): Promise<boolean> {
    const exitCode = this.exitCode ?? EXIT.ok
    await this.audit?.end(outcomeOfExit(exitCode), exitCode, null)
    if (!this.error) return false
    return explainStartFailure(this.error)
  }

  /** What is to be changed is in the trail first. Without an organization `run` refuses, and changes nothing. */
  async #beginAudit(): Promise<void> {
    const {
      audits: action,
      auditTarget: target,
      auditScope: scope,
      args,
    } = this.constructor as typeof EvergrantCommand
    if (action === null) return
    const { chooseOrganization } = await import('#services/organization_choice')
    const choice = scope === 'organization' ? await chooseOrganization(this.organization) : null
    if (choice?.ok === false) return
    const { trail } = await this.app.container.make('audit')
    const given = args.map(({ name }) => [name, (this as unknown as Record<string, unknown>)[name]])
    this.audit = await beginCommand(trail, {
      ...{ action, target, flags: this.parsed.flags, args: Object.fromEntries(given) },
      organizationId: choice ? choice.organization.id : scope === 'all' ? 'all' : null,
    })
  }

  /** The id of the organization that is meant; null after it has told why there is none. */
  protected async organizationId(): Promise<string | null> {
    const { chooseOrganization } = await import('#services/organization_choice')
    const choice = await chooseOrganization(this.organization)
    if (choice.ok) return choice.organization.id
    this.refuse(this.noOrganization(choice))
    return null
  }

  /** Why there is none, in the words of the command. */
  protected noOrganization({ reason }: NoOrganization): string {
    return reason
  }

  /**
   * From now until `end`, SIGINT and SIGTERM abort the signal and make the exit code tell of it, so that the command can
   * finish what is in flight.
   */
  protected interruption(): { signal: AbortSignal; end: () => void } {
    const interruption = new AbortController()
    const stop = () => {
      interruption.abort()
      this.exitCode = EXIT.interrupted
    }
    process.once('SIGINT', stop).once('SIGTERM', stop)
    return { signal: interruption.signal, end: () => void process.off('SIGINT', stop).off('SIGTERM', stop) }
  }

  /** Says on stderr why the command does nothing, and ends it as bad usage unless told otherwise. */
  protected refuse(reason: string, exitCode: number = EXIT.usage): void {
    this.note(reason)
    this.exitCode = exitCode
  }

  /** A line for people, on stderr. */
  protected note(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  /** A line of data, on stdout. */
  protected print(text: string): void {
    process.stdout.write(`${text}\n`)
  }
}
