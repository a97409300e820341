import { flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'

const LONGEST_NAME = 255

export default class ApiKeyCreate extends EvergrantCommand {
  static commandName = 'api-key:create'
  static audits = 'api_key.create' as const
  static auditTarget = 'api_key' as const
  static description = 'Make a key with which a program calls the API; it is printed once'
  static help = [
    'Abilities: connections:read, connections:write, tokens:read, runs:read, runs:write, stats:read, campaigns:read,',
    'campaigns:write, notifications:read, notifications:write, or * for all of them and those to come. Repeat the flag',
    'or write a list with commas.',
    'Exit codes: 0 made, 2 something is missing or wrong.',
  ]

  @flags.string({ description: 'What the key is for, as lists and the audit trail name it', required: true })
  declare name: string

  @flags.array({ description: 'What the key may do, such as tokens:read; * for everything', required: true })
  declare abilities: string[]

  @flags.string({ description: 'When the key ends, from now, such as 90d; never unless told' })
  declare expires?: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const { readAbilities } = await import('#services/api_keys/abilities')
    const read = readAbilities(this.abilities ?? [])
    if (!read.ok) return this.refuse(read.message)
    const name = this.name.trim()
    if (name === '' || name.length > LONGEST_NAME || /\p{Cc}/u.test(name))
      return this.refuse(`A name has 1 to ${LONGEST_NAME} ordinary characters.`)
    const lifetime = await this.#lifetime()
    if (lifetime === undefined) return
    const keys = await this.app.container.make('apiKeys')
    const input = { organizationId, name, abilities: read.abilities, lifetime, createdBy: 'command' }
    const { apiKey, key } = await keys.create(input)
    this.audit?.about({ id: apiKey.id })
    if (this.json) return this.print(JSON.stringify({ key: key.reveal() }))
    this.print(`Key, shown this once: ${key.reveal()}`)
    const end = apiKey.expiresAt === null ? 'It never expires.' : `It ends at ${iso(apiKey.expiresAt)}.`
    this.note(`It may: ${apiKey.abilities.join(', ')}. ${end} Its id, for api-key:revoke: ${apiKey.id}`)
  }

  /** Milliseconds; null for ever; undefined after telling what is wrong. */
  async #lifetime(): Promise<number | null | undefined> {
    if (this.expires === undefined) return null
    const { parseDuration } = await import('#oauth/duration')
    try {
      const lifetime = parseDuration(this.expires)
      if (lifetime > 0) return lifetime
      this.refuse('A key that ends at once is of no use.')
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.refuse(`--expires: ${error.message}`)
    }
    return undefined
  }
}

function iso(instant: number): string {
  return new Date(instant).toISOString()
}
