import { flags } from '@adonisjs/core/ace'
import { cleanText } from '#oauth/clean_text'
import { EvergrantCommand } from '#services/command_support'

export default class ApiKeyList extends EvergrantCommand {
  static commandName = 'api-key:list'
  static description = 'List the API keys of an organization; the keys themselves are never shown'
  static help = ['Exit codes: 0 listed.']

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const { keyFigures } = await import('#transformers/api_key_figures')
    const keys = await this.app.container.make('apiKeys')
    const figures = (await keys.list(organizationId)).map((key) => keyFigures(key, Date.now()))
    if (this.json) return this.print(JSON.stringify({ keys: figures }))
    for (const { id, state, last_used_at: used, abilities, name } of figures) {
      const last = used ?? 'never used'
      this.print(
        `${id}  ${state.padEnd(7)}  ${last.padEnd(24)}  ${cleanText(name, 255)}  ${abilities.join(' ')}`
      )
    }
    this.note(figures.length === 1 ? '1 key' : `${figures.length} keys`)
  }
}
