import { args, flags } from '@adonisjs/core/ace'
import { cleanText } from '#oauth/clean_text'
import type { CommandSpeech } from '#services/command_speech'
import { SpokenCommand } from '#services/spoken_command'

const ATTEMPTS = 10

export default class ConnectionShow extends SpokenCommand {
  static commandName = 'connection:show'
  static description = 'Show all figures of a connection and its last refreshes; tokens are never shown'
  static help = ['Exit codes: 0 shown, 2 there is no such connection in the organization.']

  @args.string({ description: 'Id of the connection' })
  declare id: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const { default: dashboard } = await import('#services/dashboard_service')
    const found = await dashboard.connection(organizationId, this.id)
    const { speech } = this
    if (!found) {
      return this.refuse(speech.say('commands.unknown_connection', { ids: cleanText(this.id, 64) }))
    }
    const { loadProviderFacts } = await import('#services/load_provider_facts')
    const { connectionFigures, attemptFigures } = await import('#transformers/connection_figures')
    const connection = connectionFigures(found, await loadProviderFacts(organizationId), Date.now())
    const attempts = (await dashboard.attempts(found)).slice(0, ATTEMPTS).map(attemptFigures)
    if (this.json) return this.print(JSON.stringify({ connection, attempts }))
    this.#table(connection)
    const heading = attempts.length === 0 ? 'commands.show.none' : 'commands.show.last'
    this.print(`\n${speech.say(heading)}`)
    for (const attempt of attempts) this.print(`  ${sentence(attempt, speech)}`)
  }

  #table(figures: Record<string, unknown>): void {
    const width = Math.max(...Object.keys(figures).map((name) => name.length))
    for (const [name, value] of Object.entries(figures)) this.print(`${name.padEnd(width)}  ${shown(value)}`)
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (Array.isArray(value)) return value.length === 0 ? '–' : cleanText(value.join(' '), 2_000)
  return cleanText(typeof value === 'object' ? JSON.stringify(value) : String(value), 2_000)
}

interface Attempt {
  at: string | null
  kind: string
  outcome: string
  failure_class: string | null
  error_code: string | null
  duration_ms: number
  new_expires_at: string | null
}

function sentence(attempt: Attempt, speech: CommandSpeech): string {
  const { at, kind, outcome, failure_class: failure, error_code: code, new_expires_at: until } = attempt
  const ending =
    outcome === 'success'
      ? until
        ? speech.say('commands.valid_until', { at: speech.exactMoment(until) })
        : speech.say('commands.show.endless')
      : [failure === null ? null : speech.word('runs.reasons', failure), code].join(' ')
  const words = [speech.word('activity.kinds', kind), speech.word('activity.events', outcome), ending]
  const when = at === null ? '–' : speech.exactMoment(at)
  return cleanText([when, ...words, `${attempt.duration_ms} ms`].join('  '), 500)
}
