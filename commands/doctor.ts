import { flags } from '@adonisjs/core/ace'
import { StartFailure } from '#exceptions/start_failure'
import { EXIT } from '#services/command_support'
import { pad, widest } from '#services/command_speech'
import type { Finding, Level } from '#services/doctor/finding'
import { SpokenCommand } from '#services/spoken_command'

const MARKS: Readonly<Record<Level, string>> = { ok: 'ok', warning: 'warning', problem: 'PROBLEM' }

export default class Doctor extends SpokenCommand {
  static commandName = 'doctor'
  static description =
    'Look at everything that this installation needs, and say what to do about what is wrong'
  static help = [
    'Looks at the encryption keys, the address, the database, the disk, the clocks, the scheduler, overdue refreshes, the',
    'providers and the redirect URLs to register there. It changes nothing and asks no provider.',
    'Exit codes: 0 nothing is wrong (warnings may be there), 3 something is.',
  ]

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    if (!(await this.learnLanguage())) return
    if (this.organization !== undefined) return this.refuse(this.speech.say('commands.whole_installation'))
    const findings = await this.#examine()
    const problems = findings.filter(({ level }) => level === 'problem').length
    if (this.json) {
      const english = (await this.app.container.make('i18n')).locale('en')
      const listed = findings.map((one) => ({
        ...one,
        message: english.t(`setup.findings.${one.code}`, one.values),
      }))
      this.print(JSON.stringify({ ok: problems === 0, findings: listed }))
    } else {
      this.#print(findings)
    }
    this.exitCode = problems > 0 ? EXIT.findings : EXIT.ok
  }

  #print(findings: readonly Finding[]): void {
    const { speech } = this
    const marks = findings.map(({ level }) => speech.word('setup.levels', level, MARKS[level]))
    const checks = findings.map(({ check }) => speech.word('setup.checks', check))
    const widths = [Math.max(7, widest(marks)), Math.max(13, widest(checks))]
    for (const [index, { code, values }] of findings.entries()) {
      const head = [pad(marks[index], widths[0]), pad(checks[index], widths[1])]
      this.print([...head, speech.say(`setup.findings.${code}`, values)].join('  '))
    }
  }

  /** An engine that refuses to start is the first thing that a doctor has to tell of. */
  async #examine(): Promise<Finding[]> {
    const { examine } = await import('#services/doctor/doctor')
    const { finding } = await import('#services/doctor/finding')
    try {
      return await examine(await this.app.container.make('engine'))
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error
      const check = error.code === 'E_PROVIDERS_FILE' ? 'providers' : 'keys'
      return [finding(check, 'problem', 'wrong', { reason: error.message })]
    }
  }
}
