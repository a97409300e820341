import { args } from '@adonisjs/core/ace'
import { cleanText } from '#oauth/clean_text'
import { EvergrantCommand } from '#services/command_support'

export default class ApiKeyRevoke extends EvergrantCommand {
  static commandName = 'api-key:revoke'
  static audits = 'api_key.revoke' as const
  static auditTarget = 'api_key' as const
  static description = 'End an API key for good; every node refuses it from its next call on'
  static help = [
    'Exit codes: 0 revoked (also where it was before), 2 there is no such key in the organization.',
  ]

  @args.string({ description: 'Id of the key, as api-key:list shows it' })
  declare id: string

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const keys = await this.app.container.make('apiKeys')
    const known = await keys.revoke(organizationId, this.id.toLowerCase())
    if (!known) return this.refuse(`There is no API key ${cleanText(this.id, 64)} in this organization.`)
    this.print('Revoked.')
  }
}
