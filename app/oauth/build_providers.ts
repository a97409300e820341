import { defineProvider, ProviderDefinitionError, type ProviderInput } from '#oauth/define_provider'
import { inFileWords, unknownBase, unknownField } from '#oauth/entry_sentences'
import { entryToDefinition, isEntryField } from '#oauth/entry_to_definition'
import { fault, type FaultCode, type FieldFault } from '#oauth/fault'
import mcp from '#oauth/providers/mcp'
import generic from '#oauth/providers/oauth2'
import { ProvidersFileError, type ProviderEntry, type ProvidersFile } from '#oauth/providers_file_types'
import { Secret } from '#oauth/secret'
import type { ClientRegistration, Provider } from '#oauth/types'

/** Definitions without endpoints: others build on them, and nobody connects to them. */
const BASES: readonly Provider[] = [generic, mcp]

export interface BuildInput {
  /** The definitions that come with the application. */
  builtIn: readonly Provider[]
  /** Client registrations by provider id, or by gate where several providers share one. */
  clients: Readonly<Record<string, ClientRegistration>>
  file: ProvidersFile | null
  /** ALLOW_PRIVATE_PROVIDERS: lets every provider use http and private addresses. */
  allowPrivate: boolean
  secretFromEnv: (name: string) => string | undefined
}

/**
 * The providers of this installation: the built-in ones, overridden and added to by the operator's file, each with its
 * client registration where there is one. The generic ones serve as bases and are not among them. Throws
 * `ProvidersFileError` with every problem at once, so that one start shows the whole list.
 */
export function buildProviders(input: BuildInput): Provider[] {
  const file = input.file ?? {}
  const faults: FieldFault[] = []
  const bases = new Map([...BASES, ...input.builtIn].map((provider) => [provider.id, provider]))
  const inputs = new Map(input.builtIn.map((provider) => [provider.id, plainInput(provider, input)]))
  for (const { id } of BASES) inputs.delete(id)
  for (const [id, entry] of Object.entries(file)) {
    if (id.includes('.')) faults.push(found(id, '', 'dotted_id'))
    const definition = withEntry(id, entry, { input, bases, file, faults })
    if (definition) inputs.set(id, definition)
  }
  const providers = [...inputs.values()].flatMap((definition) => define(definition, faults))
  if (faults.length > 0) throw ProvidersFileError.of(faults)
  return providers
}

/** What an added provider is built from. */
export interface AddedInput {
  id: string
  entry: ProviderEntry
  /** Its own client registration; one of a base is never lent to it. */
  client: ClientRegistration | null
  /** The definitions that an entry may extend. */
  bases: readonly Provider[]
  allowPrivate: boolean
}

/**
 * The definition of a provider that an organization added, by the same rules as an entry of the file. It shares nothing
 * that is the installation's: neither a client nor its gate, nor the leave to reach private addresses. Throws
 * `ProvidersFileError` as `buildProviders` does.
 */
export function buildAddedProvider({ id, entry, client, bases, allowPrivate }: AddedInput): Provider {
  const clients = client ? { [id]: client } : {}
  const input = { builtIn: [], clients, file: null, allowPrivate, secretFromEnv: () => undefined }
  const strangers = bases.map((base): [string, Provider] => [base.id, withoutOurs(base)])
  const work: Work = {
    input,
    bases: new Map([...strangers, ...BASES.map((base): [string, Provider] => [base.id, base])]),
    file: {},
    faults: [],
  }
  const definition = withEntry(id, entry, work)
  const defined = definition && define({ ...definition, gate: id, allowPrivate }, work.faults).at(0)
  if (!defined || work.faults.length > 0) throw ProvidersFileError.of(work.faults)
  return defined
}

function withoutOurs(base: Provider): Provider {
  return { ...base, client: null, oauth1: null, allowPrivate: false }
}

interface Work {
  input: BuildInput
  bases: Map<string, Provider>
  file: ProvidersFile
  faults: FieldFault[]
}

function plainInput(provider: Provider, { clients, allowPrivate }: BuildInput): ProviderInput {
  return {
    ...provider,
    client: clientFor(provider.id, provider.gate, clients) ?? provider.client,
    allowPrivate: allowPrivate || provider.allowPrivate,
  }
}

function withEntry(id: string, entry: ProviderEntry, work: Work): ProviderInput | null {
  const { input, faults } = work
  const unknown = Object.keys(entry).filter((field) => !isEntryField(field))
  faults.push(...unknown.map((field) => unknownField(id, field)))
  const base = baseOf(id, entry, work, [id])
  if (!base) return null
  const definition = entryToDefinition(id, entry, base)
  const client = registration(id, entry, definition, work)
  const { server } = definition
  if (
    !server.token_endpoint &&
    !server.issuer &&
    !definition.resource &&
    !definition.refreshRequest &&
    definition.refresh?.supported
  ) {
    faults.push(found(id, 'token_endpoint', 'no_endpoint'))
  }
  const nameless = entry.client_auth === undefined && base === generic && client?.client_secret === null
  return {
    ...definition,
    client,
    ...(nameless ? { clientAuth: 'none' } : {}),
    allowPrivate: input.allowPrivate || base.allowPrivate,
  }
}

/** What an entry builds on: itself where it overrides, another entry or a built-in one, else the generic definition. */
function baseOf(id: string, entry: ProviderEntry, work: Work, seen: string[]): Provider | null {
  const { bases, file, faults } = work
  const wanted = entry.extends ?? (bases.has(id) ? id : generic.id)
  if (wanted !== id && seen.includes(wanted)) {
    faults.push(found(id, 'extends', 'circle', { name: wanted }))
    return null
  }
  if (wanted !== id && Object.hasOwn(file, wanted)) {
    const base = baseOf(wanted, file[wanted], work, [...seen, wanted])
    return base && asBase(wanted, base, work)
  }
  const base = bases.get(wanted)
  if (base) return base
  faults.push(unknownBase(id, wanted, [...bases.keys()]))
  return null
}

// An entry that is wrong is reported under its own id; what derives from it is then left out.
function asBase(id: string, base: Provider, work: Work): Provider | null {
  const definition = entryToDefinition(id, work.file[id], base)
  const client = registration(id, work.file[id], definition, work)
  const allowPrivate = work.input.allowPrivate || base.allowPrivate
  return define({ ...definition, client, allowPrivate }, work.faults).at(0) ?? null
}

function registration(id: string, entry: ProviderEntry, definition: ProviderInput, work: Work) {
  const { clients } = work.input
  const shared = clientFor(id, definition.gate ?? id, clients) ?? definition.client ?? null
  const clientId = entry.client_id ?? shared?.client_id
  const secret = secretOf(id, entry, work)
  if (clientId === undefined) {
    if (secret) work.faults.push(found(id, 'client_id', 'clientless_secret'))
    return null
  }
  // A secret of another registration proves nothing for this client.
  const inherited = clientId === shared?.client_id ? shared.client_secret : null
  return { client_id: clientId, client_secret: secret ?? inherited } satisfies ClientRegistration
}

function secretOf(id: string, entry: ProviderEntry, { input, faults }: Work): Secret | null {
  const { client_secret: secret, client_secret_env: variable } = entry
  if (secret !== undefined && variable !== undefined) {
    faults.push(found(id, 'client_secret', 'two_secrets'))
  }
  if (secret !== undefined) return new Secret(secret)
  if (variable === undefined) return null
  const value = input.secretFromEnv(variable)
  if (value) return new Secret(value)
  faults.push(found(id, 'client_secret_env', 'unset_variable', { name: variable }))
  return null
}

function clientFor(id: string, gate: string, clients: BuildInput['clients']): ClientRegistration | null {
  if (Object.hasOwn(clients, id)) return clients[id]
  return Object.hasOwn(clients, gate) ? clients[gate] : null
}

function define(input: ProviderInput, faults: FieldFault[]): Provider[] {
  try {
    return [defineProvider(input)]
  } catch (error) {
    if (!(error instanceof ProviderDefinitionError)) throw error
    faults.push(...error.faults.map(inFileWords))
    return []
  }
}

function found(id: string, field: string, code: FaultCode, values?: FieldFault['values']): FieldFault {
  return { id, field, ...fault(code, values) }
}
