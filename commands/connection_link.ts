import { args, flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'

export default class ConnectionLink extends EvergrantCommand {
  static commandName = 'connection:link'
  static audits = 'connection.link' as const
  static auditTarget = 'connection' as const
  static description = 'Say whose channel a connection is, so that this person may grant it to campaigns'
  static help = [
    'Name the person with --user, by the e-mail address they sign in with, or take the link away with --none.',
    'Exit codes: 0 done, 2 there is no such connection or person in the organization, or neither flag or both are given.',
  ]

  @args.string({ description: 'Id of the connection' })
  declare id: string

  @flags.string({ description: 'E-mail address of the person' })
  declare user?: string

  @flags.boolean({ description: 'Nobody: the channel is linked to no person any more' })
  declare none?: boolean

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    if ((this.user === undefined) === !this.none) return this.refuse('Give either --user=EMAIL or --none.')
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const userId = await this.#userId(organizationId)
    if (userId === undefined) return
    const { campaigns } = await this.app.container.make('engine')
    const admin = { organizationId, userId: null, role: 'admin' as const }
    const done = await campaigns.linkStreamer(admin, this.id, userId)
    if (!done.ok) return this.refuse(await this.#why(done.field))
    if (this.json) return this.print(JSON.stringify({ connection_id: this.id, owner_user_id: userId }))
    this.print(userId === null ? 'Linked to nobody.' : `Linked to ${this.user}.`)
  }

  /** Null: nobody; undefined after telling that there is no such person. */
  async #userId(organizationId: string): Promise<string | null | undefined> {
    if (this.user === undefined) return null
    const { memberByEmail } = await import('#services/membership_of')
    const member = await memberByEmail(organizationId, this.user)
    if (member) return member.userId
    this.refuse(await this.#why('userId'))
    return undefined
  }

  async #why(field: string | undefined): Promise<string> {
    const { cleanText } = await import('#oauth/clean_text')
    if (field === 'userId')
      return `There is no person ${cleanText(this.user ?? '', 254)} in this organization.`
    return `There is no connection ${cleanText(this.id, 64)} in this organization.`
  }
}
