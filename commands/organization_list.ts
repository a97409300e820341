import { flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'

export default class OrganizationList extends EvergrantCommand {
  static commandName = 'organization:list'
  static description = 'List all organizations with their sizes'
  static help = ['Exit codes: 0 listed.']

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const { organizations } = await this.app.container.make('people')
    const list = await organizations.list()
    if (this.json) return this.print(JSON.stringify({ organizations: list.map(toJson) }))
    if (list.length === 0) return this.note('There is no organization yet.')
    const table = this.ui.table().head(['SLUG', 'NAME', 'PEOPLE', 'ACCOUNTS', 'ID'])
    for (const { slug, name, members, connections, id } of list)
      table.row([slug, name, String(members), String(connections), id])
    table.render()
  }
}

type Listed = Awaited<ReturnType<import('#services/people/build_people').People['organizations']['list']>>

function toJson({ id, slug, name, createdAt, members, connections }: Listed[number]) {
  return { id, slug, name, created_at: new Date(createdAt).toISOString(), members, connections }
}
