import { flags } from '@adonisjs/core/ace'
import type { SeededDemo } from '#database/demo/seed_demo'
import { EvergrantCommand, EXIT } from '#services/command_support'

const REFUSALS = {
  in_use: 'This database has people or accounts already. Use an empty one; `npm run demo` makes its own.',
  not_sqlite: 'The demo is for SQLite. Set DB_CONNECTION=sqlite and DATABASE_URL to a file of its own.',
} as const

export default class DemoSeed extends EvergrantCommand {
  static commandName = 'demo:seed'
  static description = 'Fill an empty database with a demo whose accounts are at the simulated vendors'
  static help = [
    'Part of "npm run demo", which starts everything that this needs: the simulator, PROVIDERS_FILE and a database.',
    'Exit codes: 0 it is there, 2 the database is in use or no SQLite database.',
  ]

  @flags.string({ description: 'Origin of the simulator', required: true })
  declare simulator: string

  @flags.string({ description: 'Origin that takes the webhooks of the demo', required: true })
  declare receiver: string

  @flags.boolean({ description: 'Give the accounts of an earlier demo new grants; change nothing else' })
  declare resume?: boolean

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const { resumeDemo, seedDemo } = await import('#database/demo/seed_demo')
    const { openDemo } = await import('#database/demo/open_demo')
    const options = { ...(await openDemo(this.app)), simulator: this.simulator, receiver: this.receiver }
    try {
      if (this.resume) return this.print(`${await resumeDemo(options)} grants given anew`)
      const answer = await seedDemo(options)
      if (answer.type === 'refused') return this.refuse(REFUSALS[answer.reason])
      this.#print(answer.demo)
      this.exitCode = EXIT.ok
    } finally {
      await options.driver.close()
    }
  }

  #print({ connections, attempts, password, staff }: SeededDemo): void {
    if (this.json) return this.print(JSON.stringify({ connections, attempts, password, staff }))
    this.print(`${connections} accounts, ${attempts} entries in the refresh log`)
    for (const { email, role } of staff) this.print(`${email.padEnd(24)} ${role}`)
    this.print(`Password of all of them, shown this once: ${password}`)
  }
}
