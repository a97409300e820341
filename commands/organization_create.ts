import { flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'

const SENTENCES = {
  bad_name: 'A name has 1 to 255 ordinary characters.',
  bad_slug: 'A slug has up to 64 small letters, digits and single dashes between them, such as north-guild.',
  slug_taken: 'There is an organization with this slug already.',
} as const

export default class OrganizationCreate extends EvergrantCommand {
  static commandName = 'organization:create'
  static audits = 'organization.create' as const
  static auditTarget = 'organization' as const
  static auditScope = 'made' as const
  static description = 'Make an organization; nothing of one is visible to another'
  static help = [
    'With --admin the person with this e-mail address becomes its admin; else make one with user:create --organization.',
    'Exit codes: 0 made, 2 something is missing or wrong, or the slug is taken.',
  ]

  @flags.string({ description: 'What commands call it, such as north-guild', required: true })
  declare slug: string

  @flags.string({ description: 'What people call it', required: true })
  declare name: string

  @flags.string({ description: 'E-mail address of the person who becomes its admin' })
  declare admin?: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const { default: users } = await import('#services/user_service')
    const adminId = this.admin === undefined ? null : await users.findByEmail(this.admin)
    if (this.admin !== undefined && adminId === null)
      return this.refuse(`Nobody signs in with ${this.admin}.`)
    const { organizations } = await this.app.container.make('people')
    const made = await organizations.create({ name: this.name, slug: this.slug }, adminId)
    if (!made.ok) {
      const problems = Object.values(made.problems)
      return this.refuse(problems.map((problem) => SENTENCES[problem]).join('\n'))
    }
    const { id, slug } = made
    this.audit?.about({ organization: id })
    if (this.json) return this.print(JSON.stringify({ id, slug }))
    this.print(`Made ${slug} (${id}).`)
  }
}
