import { standardAccount } from '#oauth/account'
import type { ProviderInput, RefreshRulesInput } from '#oauth/define_provider'
import type { ProviderEntry } from '#oauth/providers_file_types'
import type { AuthorizationServer, ConfigVariable, Provider } from '#oauth/types'

/** A definition in the making. */
type Definition = { -readonly [K in keyof ProviderInput]?: ProviderInput[K] }
type Apply = (value: never, definition: Definition) => void

/**
 * A base definition with the fields of an entry laid over it. Maps such as `token_params` replace the base's as a whole,
 * so that an entry can also take something away. The client registration is left to the caller.
 */
export function entryToDefinition(id: string, entry: ProviderEntry, base: Provider): ProviderInput {
  const own = base.id === id
  const definition: Definition = {
    ...base,
    // A name, and the sharing of a client, belong to the definition that they were written for.
    name: own ? base.name : id,
    gate: own || entry.client_id === undefined ? base.gate : id,
  }
  // In the order of the table, so that the order within the file means nothing.
  for (const [field, apply] of Object.entries(FIELDS)) {
    const value = Object.hasOwn(entry, field) ? entry[field as keyof ProviderEntry] : undefined
    if (value !== undefined) apply(value as never, definition)
  }
  return { ...definition, id } as ProviderInput
}

/** True for the names that an entry may hold. */
export function isEntryField(field: string): boolean {
  return Object.hasOwn(FIELDS, field)
}

/** All names that an entry may hold. */
export function entryFields(): string[] {
  return Object.keys(FIELDS)
}

// The file counts in seconds, as OAuth itself does; definitions count in milliseconds.
function duration(value: string | number | null): string | number | null {
  return typeof value === 'number' ? value * 1_000 : value
}

function set<K extends keyof Definition>(field: K): Apply {
  return (value: Definition[K], definition) => void (definition[field] = value)
}

function serverField(field: keyof AuthorizationServer): Apply {
  return (value: string, definition) => void (definition.server = { ...definition.server, [field]: value })
}

function refreshField(field: keyof RefreshRulesInput): Apply {
  return (value: unknown, definition) => void (definition.refresh = { ...definition.refresh, [field]: value })
}

function refreshDuration(field: keyof RefreshRulesInput): Apply {
  return (value: string | number | null, definition) => {
    definition.refresh = { ...definition.refresh, [field]: duration(value) }
  }
}

const ignored: Apply = () => {}

// A new issuer says where everything is: what the base names would get our client's secret, and it is another's.
const issuer: Apply = (value: string, definition) => {
  if (definition.server?.issuer === value) return
  Object.assign(definition, {
    server: { issuer: value },
    refreshEndpoint: null,
    validation: null,
    profile: null,
  })
}

// The base knows how its dialect names an account; only the address is another.
const validation: Apply = (url: string, definition) => {
  definition.validation = { account: standardAccount, ...definition.validation, url }
}

const userinfo: Apply = (url: string, definition) => {
  definition.server = { ...definition.server, userinfo_endpoint: url }
  if (definition.profile) definition.profile = { ...definition.profile, url }
}

const clientAuth: Apply = (method: Provider['clientAuth'], definition) => {
  definition.clientAuth = method
  definition.clientAuthFromMetadata = false
}

const config: Apply = (variables: Record<string, { title: string; pattern?: string }>, definition) => {
  const entries = Object.entries(variables).map(([name, { title, pattern = '[A-Za-z0-9._-]+' }]) => {
    return [name, { title, pattern } satisfies ConfigVariable]
  })
  definition.config = Object.fromEntries(entries)
}

const rateLimit: Apply = (limit: { per_second?: number | null; concurrency?: number | null }, definition) => {
  definition.rateLimit = { perSecond: limit.per_second ?? null, concurrency: limit.concurrency ?? null }
}

const FIELDS: Record<string, Apply> = {
  name: set('name'),
  extends: ignored,
  docs: set('docs'),
  issuer,
  authorization_endpoint: serverField('authorization_endpoint'),
  token_endpoint: serverField('token_endpoint'),
  revocation_endpoint: serverField('revocation_endpoint'),
  userinfo_endpoint: userinfo,
  introspection_endpoint: serverField('introspection_endpoint'),
  validation_endpoint: validation,
  client_id: ignored,
  client_secret: ignored,
  client_secret_env: ignored,
  grant_type: set('grantType'),
  client_auth: clientAuth,
  pkce: set('pkce'),
  scopes: set('scopes'),
  scope_separator: set('scopeSeparator'),
  body_format: set('bodyFormat'),
  authorization_params: set('authorizationParams'),
  token_params: set('tokenParams'),
  refresh_params: set('refreshParams'),
  refresh_endpoint: set('refreshEndpoint'),
  code_param: set('codeParam'),
  token_headers: set('tokenHeaders'),
  param_names: set('paramNames'),
  config,
  metadata_paths: set('metadataPaths'),
  response_paths: set('responsePaths'),
  expires_in_unit: set('expiresInUnit'),
  assumed_lifetime: refreshDuration('assumedLifetime'),
  grant_lifetime: refreshDuration('grantLifetime'),
  margin: refreshDuration('margin'),
  rotation: refreshField('rotation'),
  reuse: refreshField('reuse'),
  reuse_grace: refreshDuration('reuseGrace'),
  strikes: refreshField('strikes'),
  keep_alive: refreshField('keepAlive'),
  schedule: set('schedule'),
  rate_limit: rateLimit,
  resource: set('resource'),
}
