import { args, flags } from '@adonisjs/core/ace'
import { pad } from '#services/command_speech'
import { EXIT } from '#services/command_support'
import { SpokenCommand } from '#services/spoken_command'
import type { ValidationReport } from '#services/verification/token_validation'

export default class TokenValidate extends SpokenCommand {
  static commandName = 'token:validate'
  static audits = 'token.validate' as const
  static auditTarget = 'connection' as const
  static description = 'Tell which of some connections can be used now, and why the others cannot'
  static help = [
    'Each connection is checked for its expiry and tested at its provider. With --auto-refresh a token that is expired or',
    'refused is refreshed once and tested again.',
    'Exit codes: 0 all can be used, 2 bad usage, 3 at least one cannot, 130 interrupted (what was in flight is saved).',
  ]

  @args.spread({ description: 'Ids of connections' })
  declare ids: string[]

  @flags.boolean({ description: 'Refresh what is expired or refused, once' })
  declare autoRefresh?: boolean

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const report = await this.#validate(organizationId)
    if (this.json) this.print(JSON.stringify(report))
    else await this.#print(report)
    if (this.exitCode === EXIT.interrupted) return
    this.exitCode = report.results.every(({ valid }) => valid) ? EXIT.ok : EXIT.findings
  }

  async #validate(organizationId: string): Promise<ValidationReport> {
    const engine = await this.app.container.make('engine')
    const { VerificationProgress } = await import('#services/verification/verification_progress')
    const display = new VerificationProgress(process.stderr, this.json ?? false, this.testProgress())
    const { signal, end } = this.interruption()
    try {
      return await engine.tokenValidation.validate({
        organizationId,
        ids: this.ids,
        autoRefresh: this.autoRefresh ?? false,
        onProgress: (done, total) => display.update(done, total),
        signal,
      })
    } finally {
      display.end()
      end()
    }
  }

  async #print({ results, valid_connection_ids: valid }: ValidationReport): Promise<void> {
    const { troubleWords } = await import('#transformers/campaign_words')
    const { cleanText } = await import('#oauth/clean_text')
    const { speech } = this
    for (const { connection_id: id, valid: isValid, reason: code, instruction } of results) {
      const state = speech.column('runs.statuses', isValid ? 'valid' : 'invalid', ['valid', 'invalid'])
      const { why, advice } = troubleWords({ reason: code, advice: '' }, (key) => speech.say(key))
      const trouble = { code, why, advice: instruction ?? advice }
      const said = isValid
        ? speech.word('runs.reasons', code)
        : speech.say('commands.validate.trouble', trouble)
      this.print(`${pad(state, 7)}  ${cleanText(id, 64)}  ${said}`)
    }
    const counts = { valid: valid.length, total: results.length }
    this.print(speech.say('commands.validate.total', counts))
  }
}
