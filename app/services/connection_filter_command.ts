import { args, flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'
import type { ConnectionSelection } from '#services/connection_selection'

/** What the commands have in common that work on connections by id, by filter, or by both. */
export abstract class ConnectionFilterCommand extends EvergrantCommand {
  @args.spread({ description: 'Ids of connections', required: false })
  declare ids?: string[]

  @flags.string({
    description: "Those that match, such as 'provider:twitch status:reconnect expires:<1h tag:vip'",
  })
  declare filter?: string

  /** What ids and filter select in this organization; null after telling what is wrong with them. */
  protected async selection(organizationId: string): Promise<ConnectionSelection | null> {
    const { parseAccountFilter } = await import('#services/account_filter/parse_filter')
    const engine = await this.app.container.make('engine')
    await engine.catalogue.reloadIfChanged()
    const parsed = parseAccountFilter(this.filter ?? '', engine.catalogue.scope(organizationId))
    if (!parsed.ok) return this.#refused(parsed.reason)
    const ids = this.ids?.length ? this.ids : undefined
    const unknown = await engine.tokenValidation.unknownIds(organizationId, ids ?? [])
    if (unknown.length > 0) {
      const named = unknown.map((id) => id.slice(0, 64)).join(', ')
      return this.#refused(`There is no connection ${named} in this organization.`)
    }
    return { organizationId, ids, filter: parsed.filter }
  }

  #refused(reason: string): null {
    this.refuse(reason)
    return null
  }
}
