import { flags } from '@adonisjs/core/ace'
import { cleanText } from '#oauth/clean_text'
import { fit, widest, type CommandSpeech } from '#services/command_speech'
import type { ConnectionFilter } from '#services/connection_walk'
import { SpokenCommand } from '#services/spoken_command'

type Figures = ReturnType<(typeof import('#transformers/connection_figures'))['connectionFigures']>

export default class ConnectionList extends SpokenCommand {
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
      await this.refuseProvider(organizationId, provider)
      return null
    }
    const status = CONNECTION_STATUSES.find((one) => one === this.status)
    const health = HEALTH_WORDS.find((one) => one === this.status)
    if (this.status !== undefined && !status && !health) {
      const known = [...CONNECTION_STATUSES, ...HEALTH_WORDS].join(', ')
      this.refuse(this.speech.say('commands.unknown_status', { name: this.status, known }))
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
    const { HEALTH_WORDS } = await import('#services/connection_health')
    const { speech } = this
    const headings = COLUMNS.map(([name]) => speech.say(`commands.list.${name}`))
    const labels = HEALTH_WORDS.map((word) => speech.word('health', `${word}.label`, word))
    // The last column ends the line.
    const widths = COLUMNS.map(([name, width], index) =>
      width === 0 ? 0 : Math.max(width, widest([headings[index], ...(name === 'health' ? labels : [])]))
    )
    let count = 0
    for await (const figures of found) {
      if (count++ === 0) this.print(row(headings, widths))
      this.print(row(cells(figures, speech), widths))
    }
    this.note(speech.say('commands.list.count', { count }))
  }
}

const COLUMNS = [
  ...([
    ['id', 36],
    ['provider', 10],
    ['account', 20],
    ['owner', 20],
  ] as const),
  ...([
    ['health', 11],
    ['status', 13],
    ['expires', 20],
    ['next', 0],
  ] as const),
] as const

function cells(figures: Figures, speech: CommandSpeech): string[] {
  const account = figures.username ?? figures.display_name ?? figures.provider_account_id
  const { id, provider, owner, health: word, status } = figures
  const health = speech.word('health', `${word}.label`, word)
  const moment = (iso: string | null) => (iso === null ? '–' : speech.moment(iso))
  const expires =
    figures.expiry_source === 'never' ? speech.say('commands.list.never') : moment(figures.token_expires_at)
  return [id, provider, account, owner, health, status, expires, moment(figures.next_refresh_at)]
}

/** Names come from outside: without control characters none of them can steer the terminal. */
function row(columns: readonly string[], widths: readonly number[]): string {
  return columns
    .map((text, index) => {
      const clean = cleanText(text, 255)
      return widths[index] === 0 ? clean : fit(clean, widths[index])
    })
    .join('  ')
    .trimEnd()
}
