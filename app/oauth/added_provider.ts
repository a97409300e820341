import { createHash } from 'node:crypto'
import { buildAddedProvider } from '#oauth/build_providers'
import { isEntryField } from '#oauth/entry_to_definition'
import { fault, faultWords, type Fault, type FieldFault } from '#oauth/fault'
import { schemaFaults } from '#oauth/provider_schema'
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

/** Something that keeps an entry from working. */
export interface EntryProblem extends Fault {
  /** The field of PROVIDERS_FILE where one is to blame. */
  field: string | null
  /** What of it; empty for all of it. */
  part: string
  /** In English, for logs; pages say it in the reader's language. */
  message: string
}

export function entryProblem(field: string | null, { code, values }: Fault, part = ''): EntryProblem {
  const words = faultWords({ code, values })
  return { field, part, code, values, message: part === '' ? words : `${part}: ${words}` }
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
  if (forbidden.length > 0) return refuse(forbidden.map((one) => ({ id, ...one })))
  const entry = completed(input)
  const faults = await schemaFaults({ [id]: entry })
  if (faults.length > 0) return refuse(faults)
  const clientId = entry.client_id ?? null
  if (clientId === null && clientSecret !== null) {
    return { ok: false, problems: [entryProblem('client_id', fault('clientless_secret'))] }
  }
  const endless = Object.entries(entry.config ?? {}).filter(([, { pattern = '' }]) => ENDLESS.test(pattern))
  if (endless.length > 0) {
    return refuse(
      endless.map(([name]) => ({ id, field: `config.${name}.pattern`, ...fault('endless_pattern') }))
    )
  }
  const client = clientId === null ? null : { client_id: clientId, client_secret: clientSecret }
  try {
    return { ok: true, provider: buildAddedProvider({ id, entry, client, bases, allowPrivate }) }
  } catch (error) {
    if (!(error instanceof ProvidersFileError)) throw error
    return refuse(error.faults)
  }
}

/** A repetition of something that repeats: matching a hostile text against it can take longer than anybody lives. */
const ENDLESS = /\([^()]*[+*}][^()]*\)[+*{]/

// Whoever may add a provider may also name the server that gets its secret: it must not be one of ours.
const FOREIGN = [
  { field: 'client_secret_env', ...fault('file_only') },
  { field: 'client_secret', ...fault('kept_apart') },
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

function refuse(faults: readonly FieldFault[]): { ok: false; problems: EntryProblem[] } {
  const problems = faults.map(placed)
  const places = new Map(problems.map((problem) => [`${problem.field}: ${problem.message}`, problem]))
  return { ok: false, problems: [...places.values()] }
}

/** A form says by the place of a message which field it is about; what is no field of the form is said in words. */
function placed({ field: path, ...rest }: FieldFault): EntryProblem {
  const [, field = '', part = ''] = /^(\w+)\.?(.*)$/s.exec(path) ?? []
  return isEntryField(field) ? entryProblem(field, rest, part) : entryProblem(null, rest, path)
}
