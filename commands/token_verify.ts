import { args, flags } from '@adonisjs/core/ace'
import { pad, type CommandSpeech } from '#services/command_speech'
import { EXIT } from '#services/command_support'
import { SpokenCommand } from '#services/spoken_command'
import type { VerificationReport, VerificationResult } from '#services/verification/verification_runs'

export default class TokenVerify extends SpokenCommand {
  static commandName = 'token:verify'
  static audits = 'connection.verify' as const
  static auditTarget = 'connection' as const
  static description =
    'Test every account at its provider, refresh what is refused, find suspensions, update profiles'
  static help = [
    'Without ids: all connections that are neither paused nor disconnected; suspended accounts are among them, and come',
    'back when they pass. TOKEN_VERIFY_CONCURRENCY and TOKEN_VERIFY_SPACING set the pace.',
    'Exit codes: 0 no account is unusable, 2 bad usage, 3 at least one is invalid or suspended, 130 interrupted (what',
    'was in flight is saved).',
  ]

  @args.spread({ description: 'Ids of connections', required: false })
  declare ids?: string[]

  @flags.string({ description: 'Only connections of this provider' })
  declare provider?: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  @flags.string({ description: 'Write a report to this file: .json, .md, or .xml for JUnit' })
  declare report?: string

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    if (!(await this.#isUsed(organizationId))) return
    const report = await this.#verify(organizationId)
    if (this.report !== undefined) {
      const { writeReport } = await import('#services/run_reports/write_report')
      await writeReport(this.report, report.run_id, null)
    }
    if (this.json) this.print(JSON.stringify(report))
    else this.#print(report)
    if (this.exitCode === EXIT.interrupted) return
    this.exitCode = report.stats.invalid + report.stats.suspended > 0 ? EXIT.findings : EXIT.ok
  }

  /** Whether the flags make sense here; false after telling what is wrong with them. */
  async #isUsed(organizationId: string): Promise<boolean> {
    const engine = await this.app.container.make('engine')
    if (this.provider !== undefined) {
      const found = await engine.catalogue.resolve(organizationId, this.provider)
      if (!found) await this.refuseProvider(organizationId, this.provider)
      if (!found) return false
      this.provider = found.id
    }
    const { reportProblem } = await import('#services/run_reports/write_report')
    const unwritable = this.report === undefined ? null : await reportProblem(this.report)
    if (unwritable) {
      this.refuse(this.speech.say(`commands.report.${unwritable.code}`, unwritable.values))
      return false
    }
    const unknown = await engine.tokenValidation.unknownIds(organizationId, this.ids ?? [])
    if (unknown.length === 0) return true
    const ids = unknown.map((id) => id.slice(0, 64)).join(', ')
    this.refuse(this.speech.say('commands.unknown_connection', { ids }))
    return false
  }

  async #verify(organizationId: string): Promise<VerificationReport> {
    const engine = await this.app.container.make('engine')
    const { VerificationProgress } = await import('#services/verification/verification_progress')
    const display = new VerificationProgress(process.stderr, this.json ?? false, this.testProgress())
    const { signal, end } = this.interruption()
    const ids = this.ids?.length ? this.ids : undefined
    try {
      return await engine.verificationRuns.verifyAll({
        selection: { organizationId, ids, provider: this.provider },
        trigger: 'command',
        onProgress: ({ total, of }) => display.update(total, of),
        signal,
      })
    } finally {
      display.end()
      end()
    }
  }

  #print({ stats, results, duration_ms: duration }: VerificationReport): void {
    for (const result of results.filter(({ state }) => state !== 'valid'))
      this.print(line(result, this.speech))
    const { expired_refreshed: refreshed, ...counts } = stats
    const seconds = duration / 1000
    this.print(this.speech.say('commands.verify.total', { ...counts, refreshed, seconds }))
  }
}

const STATES = ['valid', 'expired_refreshed', 'invalid', 'suspended', 'untested']

function line(result: VerificationResult, speech: CommandSpeech): string {
  const { connection_id: id, provider, username, state, reason, error_code: code } = result
  const word = speech.word('runs.reasons', reason)
  const cause = code && code !== reason ? `${word} (${code})` : word
  const shown = speech.column('runs.statuses', state, STATES)
  return `${shown} ${pad(provider ?? '–', 10)} ${id} ${username ?? '–'}  ${cause}`
}
