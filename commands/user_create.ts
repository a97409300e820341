import { flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'

export default class UserCreate extends EvergrantCommand {
  static commandName = 'user:create'
  static audits = 'member.create' as const
  static auditTarget = 'member' as const
  static description = 'Create a person who signs in'
  static help = [
    'Without --password it is asked for on a terminal; elsewhere a random one is made and printed once.',
    'A password on the command line may end up in the history of the shell.',
    'Exit codes: 0 created, 2 something is missing or wrong, or the e-mail address is taken.',
  ]

  @flags.string({ description: 'E-mail address to sign in with', required: true })
  declare email: string

  @flags.string({ description: 'At least 12 characters' })
  declare password?: string

  @flags.string({ description: 'admin, operator, game_master, streamer or viewer', required: true })
  declare role: string

  @flags.string({ description: 'Full name' })
  declare name?: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const { default: users, randomPassword } = await import('#services/user_service')
    const chosen = this.password ?? (process.stdin.isTTY ? await this.#ask() : null)
    const password = chosen ?? randomPassword()
    const { email, role, name } = this
    const created = await users.createUser({ organizationId, email, password, role, name })
    if (!created.ok) return this.refuse(created.reason)
    this.audit?.about({ user: created.userId })
    const shown = chosen === null ? { password } : {}
    if (this.json) return this.print(JSON.stringify({ email: created.email, role: created.role, ...shown }))
    this.print(`Created ${created.email} as ${created.role}.`)
    if (chosen === null) this.print(`Password, shown this once: ${password}`)
  }

  #ask(): Promise<string> {
    return this.prompt.secure('Password (at least 12 characters)', {
      validate: (value) => (value && value.length >= 12) || 'A password needs at least 12 characters.',
    })
  }
}
