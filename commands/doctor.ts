import { flags } from '@adonisjs/core/ace'
import { StartFailure } from '#exceptions/start_failure'
import { EvergrantCommand, EXIT } from '#services/command_support'
import type { Finding, Level } from '#services/doctor/finding'

const MARKS: Readonly<Record<Level, string>> = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' }

export default class Doctor extends EvergrantCommand {
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
    if (this.organization !== undefined) {
      return this.refuse('It looks at the whole installation; doctor takes no --organization.')
    }
    const findings = await this.#examine()
    const i18n = (await this.app.container.make('i18n')).locale('en')
    const sentence = ({ code, values }: Finding) => i18n.t(`setup.findings.${code}`, values)
    const problems = findings.filter(({ level }) => level === 'problem').length
    if (this.json) {
      const listed = findings.map((one) => ({ ...one, message: sentence(one) }))
      this.print(JSON.stringify({ ok: problems === 0, findings: listed }))
    } else {
      for (const one of findings) {
        this.print(`${MARKS[one.level]}  ${one.check.padEnd(13)}  ${sentence(one)}`)
      }
    }
    this.exitCode = problems > 0 ? EXIT.findings : EXIT.ok
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
