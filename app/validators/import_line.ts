import vine, { SimpleMessagesProvider } from '@vinejs/vine'
import { DateTime } from 'luxon'
import { nearest } from '#oauth/nearest'
import { isObject, type JsonObject } from '#oauth/own'
import { Secret } from '#oauth/secret'
import { configProblems } from '#oauth/template'
import type { Provider } from '#oauth/types'
import type { ImportLine } from '#services/import_line'
import type { ApiInput, InputSchema } from '#validators/api_input'

/** A line that may be imported, or what is wrong with it in one sentence without any of its values. */
export type CheckedLine = { ok: true; line: ImportLine } | { ok: false; message: string }

/** What fits into a header (RFC 6750 §2.1), and what RFC 6749 Appendix A allows elsewhere. */
const ACCESS_TOKEN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/
const OTHER_TOKEN = /^[\x20-\x7e]+$/
const LATEST = Date.UTC(2200, 0, 1)

const text = (longest: number) => vine.string().trim().minLength(1).maxLength(longest)
const token = (pattern: RegExp) => vine.string().minLength(1).maxLength(16_384).regex(pattern)

const schema = vine.create({
  provider: text(64),
  owner: text(255),
  provider_account_id: text(255).nullable().optional(),
  username: text(255).nullable().optional(),
  access_token: token(ACCESS_TOKEN),
  refresh_token: token(OTHER_TOKEN).nullable().optional(),
  token_secret: token(OTHER_TOKEN).nullable().optional(),
  token_type: vine.string().toLowerCase().in(['oauth2', 'oauth1a', 'static', 'bearer']).nullable().optional(),
  token_expires_at: vine.any().nullable().optional(),
  scopes: vine.array(text(255)).maxLength(200).nullable().optional(),
  config: vine.record(vine.string().maxLength(1_024)).nullable().optional(),
  tags: vine.array(text(64)).maxLength(50).nullable().optional(),
})
/** Every shortest length here is 1. */
schema.messagesProvider = new SimpleMessagesProvider({ minLength: 'The {{ field }} field must not be empty' })

/** The same fields as JSON Schema, for the description of the API. */
export const importFields: ApiInput = {
  schema() {
    const { properties, ...rest } = schema.toJSONSchema() as unknown as InputSchema
    return { ...rest, properties: { ...properties, token_expires_at: EXPIRY, scopes: SCOPES } }
  },
}

const EXPIRY = {
  type: ['string', 'number', 'null'],
  description: 'A date such as 2030-01-31T12:00:00Z, or seconds or milliseconds since the epoch.',
}
const SCOPES = {
  type: ['array', 'string', 'null'],
  items: { type: 'string' },
  description: 'A list, or one text separated by spaces.',
}

type Fields = Awaited<ReturnType<(typeof schema)['validate']>>

const FIELDS = [
  'provider',
  'owner',
  'provider_account_id',
  'username',
  'access_token',
  'refresh_token',
  'token_secret',
  'token_type',
  'token_expires_at',
  'scopes',
  'config',
  'tags',
]

/** The providers that a line may name: by id, or by the key of one that its organization added. */
export interface NamedProviders {
  find(keyOrId: string): Provider | null
  all(): Provider[]
}

/** Checks the JSON of one import line against the schema and the providers of its organization. */
export async function checkImportLine(value: unknown, providers: NamedProviders): Promise<CheckedLine> {
  if (!isObject(value)) return wrong('A line must be a JSON object.')
  const problem = unknownField(value) ?? unfitText(value)
  if (problem) return wrong(problem)
  const [error, fields] = await schema.tryValidate(withListedScopes(value))
  if (error) return wrong(sentences(error.messages))
  const provider = providers.find(fields.provider)
  if (!provider) return wrong(unknownProvider(fields.provider, providers))
  const expiresAt = readInstant(fields.token_expires_at)
  if (expiresAt === undefined)
    return wrong('The token_expires_at field must be a date such as 2030-01-31T12:00:00Z.')
  const problems = [...configProblems(provider, fields.config ?? {}), ...combinationProblems(fields)]
  return problems.length > 0
    ? wrong(`${problems.join('. ')}.`)
    : { ok: true, line: toLine(fields, provider.id, expiresAt) }
}

function wrong(message: string): CheckedLine {
  return { ok: false, message }
}

function unknownField(value: JsonObject): string | null {
  const unknown = Object.keys(value).find((name) => !FIELDS.includes(name))
  if (unknown === undefined) return null
  const meant = nearest(unknown, FIELDS)
  const name = unknown.slice(0, 64).replace(/[^\x20-\x7e]/g, '?')
  return `Unknown field "${name}"${meant ? `; did you mean "${meant}"?` : '.'}`
}

/** PostgreSQL keeps neither NUL characters nor halves of surrogate pairs. */
function unfitText(value: unknown): string | null {
  if (typeof value === 'string') {
    if (value.includes('\0')) return 'A text holds a NUL character, which cannot be stored.'
    return value.isWellFormed() ? null : 'A text holds half of a character, which cannot be stored.'
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [name, item] of Object.entries(value)) {
    const problem = unfitText(name) ?? unfitText(item)
    if (problem) return problem
  }
  return null
}

/** Scopes may come as the token answer has them: one text, separated by spaces. */
function withListedScopes(value: JsonObject): JsonObject {
  if (typeof value.scopes !== 'string') return value
  return { ...value, scopes: value.scopes.split(/\s+/).filter(Boolean) }
}

function sentences(messages: { message: string }[]): string {
  return messages.map(({ message }) => `${message.replace(/\.$/, '')}.`).join(' ')
}

function unknownProvider(id: string, providers: NamedProviders): string {
  const ids = providers.all().map((provider) => provider.id)
  const meant = nearest(id, ids)
  return `There is no provider "${id}"${meant ? `; did you mean "${meant}"?` : '.'}`
}

function combinationProblems(fields: Fields): string[] {
  const type = tokenTypeOf(fields)
  if (type === 'oauth1a' && !fields.token_secret) return ['An oauth1a token needs its token_secret']
  if (type !== 'oauth1a' && fields.token_secret) return ['Only an oauth1a token has a token_secret']
  if (type !== 'oauth2' && fields.refresh_token) return [`A token of type ${type} has no refresh_token`]
  return []
}

function tokenTypeOf({ token_type: type }: Fields): ImportLine['tokenType'] {
  return type === 'oauth1a' || type === 'static' ? type : 'oauth2'
}

/** An ISO 8601 date (UTC where it names no zone), or seconds or milliseconds since the epoch. Undefined: neither. */
function readInstant(value: unknown): number | null | undefined {
  if (value === null || value === undefined) return null
  const at = typeof value === 'string' ? DateTime.fromISO(value, { zone: 'utc' }).toMillis() : value
  if (typeof at !== 'number' || !Number.isFinite(at) || at <= 0) return undefined
  // Seconds reach this size in the year 5138, milliseconds reached it in 1973.
  const milliseconds = typeof value === 'number' && at < 100_000_000_000 ? at * 1_000 : at
  return milliseconds < LATEST ? Math.round(milliseconds) : undefined
}

function toLine(fields: Fields, provider: string, tokenExpiresAt: number | null): ImportLine {
  const secret = (value: string | null | undefined) => (value ? new Secret(value) : null)
  return {
    provider,
    owner: fields.owner,
    providerAccountId: fields.provider_account_id ?? fields.owner,
    username: fields.username ?? null,
    accessToken: new Secret(fields.access_token),
    refreshToken: secret(fields.refresh_token),
    tokenSecret: secret(fields.token_secret),
    tokenType: tokenTypeOf(fields),
    tokenExpiresAt,
    scopes: fields.scopes ?? [],
    config: fields.config ?? {},
    tags: fields.tags ?? [],
  }
}
