import { flags } from '@adonisjs/core/ace'
import { cleanText } from '#oauth/clean_text'
import { EvergrantCommand } from '#services/command_support'
import type { ConnectionFilter } from '#services/connection_walk'

type Figures = ReturnType<(typeof import('#transformers/connection_figures'))['connectionFigures']>

export default class ConnectionList extends EvergrantCommand {
  static commandName = 'connection:list'
  static description = 'List connections; tokens are never shown'
  static help = [
    'Exit codes: 0 listed (also where nothing matches), 2 a filter names something that does not exist.',
  ]

  @flags.string({ description: 'Only those of this provider' })
  declare provider?: string

  @flags.string({ description: 'Only those with this status or health, such as needs_reauth or retrying' })
  declare status?: string

  @flags.string({ description: 'Only those of this owner' })
  declare owner?: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    const filter = organizationId && (await this.#filter(organizationId))
    if (!organizationId || !filter) return
    const { loadProviderFacts } = await import('#services/load_provider_facts')
    const { walkConnections } = await import('#services/connection_walk')
    const { connectionFigures } = await import('#transformers/connection_figures')
    const facts = await loadProviderFacts(organizationId)
    const now = Date.now()
    const { health, ...columns } = filter
    const found = async function* () {
      for await (const connection of walkConnections(organizationId, columns)) {
        const figures = connectionFigures(connection, facts, now)
        if (health === undefined || figures.health === health) yield figures
      }
    }
    await (this.json ? this.#printJson(found()) : this.#printTable(found()))
  }

  /** What the flags select; null after telling what is wrong with them. */
  async #filter(organizationId: string): Promise<(ConnectionFilter & { health?: string }) | null> {
    const { HEALTH_WORDS } = await import('#services/connection_health')
    const { CONNECTION_STATUSES } = await import('#models/connection')
    const engine = await this.app.container.make('engine')
    const { provider, owner } = this
    const found = provider === undefined ? null : await engine.catalogue.resolve(organizationId, provider)
    if (provider !== undefined && !found) {
      this.refuse(engine.catalogue.unknown(organizationId, provider))
      return null
    }
    const status = CONNECTION_STATUSES.find((one) => one === this.status)
    const health = HEALTH_WORDS.find((one) => one === this.status)
    if (this.status !== undefined && !status && !health) {
      const words = [...CONNECTION_STATUSES, ...HEALTH_WORDS].join(', ')
      this.refuse(`There is no status "${this.status}". These exist: ${words}.`)
      return null
    }
    return { provider: found?.id, owner, status, health }
  }

  async #printJson(found: AsyncIterable<Figures>): Promise<void> {
    let separator = ''
    process.stdout.write('{"connections":[')
    for await (const figures of found) {
      process.stdout.write(separator + JSON.stringify(figures))
      separator = ','
    }
    this.print(']}')
  }

  async #printTable(found: AsyncIterable<Figures>): Promise<void> {
    let count = 0
    for await (const figures of found) {
      if (count++ === 0) this.print(row(HEADINGS))
      this.print(row(cells(figures)))
    }
    this.note(count === 1 ? '1 connection' : `${count} connections`)
  }
}

const WIDTHS = [36, 10, 20, 20, 11, 13, 20, 0]
const HEADINGS = ['id', 'provider', 'account', 'owner', 'health', 'status', 'token expires', 'next refresh']

function cells(figures: Figures): string[] {
  const account = figures.username ?? figures.display_name ?? figures.provider_account_id
  const { id, provider, owner, health, status } = figures
  const expires = figures.expiry_source === 'never' ? 'never' : moment(figures.token_expires_at)
  return [id, provider, account, owner, health, status, expires, moment(figures.next_refresh_at)]
}

function moment(iso: string | null): string {
  return iso === null ? '–' : iso.replace(/\.\d+Z$/, 'Z')
}

/** Names come from outside: without control characters none of them can steer the terminal. */
function row(columns: readonly string[]): string {
  return columns
    .map((text, index) => fit(cleanText(text, 255), WIDTHS[index]))
    .join('  ')
    .trimEnd()
}

function fit(text: string, width: number): string {
  if (width === 0) return text
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}
