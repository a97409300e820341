import { createHash } from 'node:crypto'
import { buildAddedProvider } from '#oauth/build_providers'
import { isEntryField } from '#oauth/entry_to_definition'
import { schemaProblems } from '#oauth/provider_schema'
import { ProvidersFileError, type ProviderEntry } from '#oauth/providers_file_types'
import type { Secret } from '#oauth/secret'
import type { ClientAuthMethod, Provider } from '#oauth/types'

/** What an organization may call a provider of its own. */
export const ADDED_KEY = /^[a-z][a-z0-9_-]{0,47}$/

/**
 * The id of an added provider: its key and eight hex digits that stand for the organization. So two organizations may
 * use the same key, and neither learns of the other.
 */
export function addedProviderId(key: string, organizationId: string): string {
  return `${key}.${createHash('sha256').update(organizationId).digest('hex').slice(0, 8)}`
}

/** Something that keeps an entry from working: the field of PROVIDERS_FILE where one is to blame, and a sentence. */
export interface EntryProblem {
  field: string | null
  message: string
}

export interface AddedProviderInput {
  id: string
  name: string
  entry: ProviderEntry
  clientSecret: Secret | null
  /** What the server answered to our dynamic registration (RFC 7591 §3.2.1); null where the entry names the client. */
  registration: Readonly<Record<string, unknown>> | null
  /** The definition to start from where the entry extends none. */
  base: string
}

export type AddedDefinition = { ok: true; provider: Provider } | { ok: false; problems: EntryProblem[] }

/** Checks and builds the definition of an added provider; what is wrong with it comes back field by field. */
export async function defineAdded(
  input: AddedProviderInput,
  { bases, allowPrivate }: { bases: readonly Provider[]; allowPrivate: boolean }
): Promise<AddedDefinition> {
  const { id, clientSecret } = input
  const forbidden = FOREIGN.filter(({ field }) => Object.hasOwn(input.entry, field))
  if (forbidden.length > 0) return { ok: false, problems: forbidden }
  const entry = completed(input)
  const problems = await schemaProblems({ [id]: entry })
  if (problems.length > 0) return refuse(id, problems)
  const clientId = entry.client_id ?? null
  if (clientId === null && clientSecret !== null) {
    return refuse(id, [`${id}: client_id: a secret is given, but not the client it belongs to`])
  }
  const endless = Object.entries(entry.config ?? {}).filter(([, { pattern = '' }]) => ENDLESS.test(pattern))
  if (endless.length > 0)
    return refuse(
      id,
      endless.map(([name]) => `${id}: config.${name}.pattern: ${NO_END}`)
    )
  const client = clientId === null ? null : { client_id: clientId, client_secret: clientSecret }
  try {
    return { ok: true, provider: buildAddedProvider({ id, entry, client, bases, allowPrivate }) }
  } catch (error) {
    if (!(error instanceof ProvidersFileError)) throw error
    return refuse(id, error.problems)
  }
}

/** A repetition of something that repeats: matching a hostile text against it can take longer than anybody lives. */
const ENDLESS = /\([^()]*[+*}][^()]*\)[+*{]/
const NO_END = 'repeats a group that repeats something itself; write it with one repetition'

// Whoever may add a provider may also name the server that gets its secret: it must not be one of ours.
const FOREIGN: (EntryProblem & { field: string })[] = [
  {
    field: 'client_secret_env',
    message: 'is for PROVIDERS_FILE only; give the secret itself, which is kept encrypted',
  },
  { field: 'client_secret', message: 'is kept apart from the other fields, encrypted' },
]

function completed({ name, entry, registration, base }: AddedProviderInput): ProviderEntry {
  const { client_id: clientId, token_endpoint_auth_method: method } = registration ?? {}
  return {
    extends: base,
    ...(typeof clientId === 'string' ? { client_id: clientId } : {}),
    ...(isKnownMethod(method) ? { client_auth: method } : {}),
    ...entry,
    name,
  }
}

function isKnownMethod(method: unknown): method is ClientAuthMethod {
  return ['client_secret_basic', 'client_secret_post', 'none'].includes(method as string)
}

function refuse(id: string, sentences: readonly string[]): { ok: false; problems: EntryProblem[] } {
  return { ok: false, problems: sentences.map((sentence) => splitSentence(id, sentence)) }
}

/** Sentences of the file begin with the provider's id and the field; a form says both by the place of the message. */
function splitSentence(id: string, sentence: string): EntryProblem {
  const text = sentence.startsWith(`${id}: `) ? sentence.slice(id.length + 2) : sentence
  const [, field, rest, message] = /^(\w+)((?:[.[][^:]*)?): (.*)$/s.exec(text) ?? []
  if (field === undefined || !isEntryField(field)) return { field: null, message: text }
  const part = rest.replace(/^\./, '')
  return { field, message: part === '' ? message : `${part}: ${message}` }
}
