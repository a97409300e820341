import type { Failure, Provider } from '#oauth/types'

/** The connection's own variables, as they fill `{config.name}` and `{metadata.name}`. */
export interface Variables {
  config?: Readonly<Record<string, string>>
  metadata?: Readonly<Record<string, string>>
}

/**
 * Thrown where a request cannot be built from what the connection and the definition hold. Nothing was sent.
 * `failure` is the value to settle with: always class `configuration`, so that no account is blamed.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly failure: Failure

  constructor(code: string, description: string) {
    super(description)
    this.failure = { class: 'configuration', code, description, status: null, retryAfter: null }
  }
}

const PLACEHOLDER = /\{(config\.[\w-]+|metadata\.[\w-]+|client_id)\}/g

/**
 * Fills the placeholders of a parameter or header value. The text is inserted as it is; encoding is the business of
 * whoever writes the request. Throws `RequestError` for a variable that is missing or breaks its pattern.
 */
export function fillValue(template: string, provider: Provider, variables: Variables): string {
  if (!template.includes('{')) return template
  return template.replace(PLACEHOLDER, (_, name: string) => valueOf(name, provider, variables))
}

/**
 * Fills the placeholders of an endpoint. A placeholder at the very start stands for a base URL, such as an instance
 * URL from the token answer, and must be one; every other value is percent-encoded, so it can never add a host,
 * a path or a query of its own. Throws `RequestError`, also where the result is no URL.
 */
export function fillEndpoint(template: string, provider: Provider, variables: Variables): string {
  if (!template.includes('{')) return template
  const filled = template.replace(PLACEHOLDER, (_, name: string, offset: number) => {
    const value = valueOf(name, provider, variables)
    return offset === 0 ? baseUrl(value, name, provider) : encodeURIComponent(value.toWellFormed())
  })
  if (!URL.canParse(filled)) {
    throw new RequestError('invalid_endpoint', `${provider.name}: "${template}" does not fill to a URL`)
  }
  return filled
}

/**
 * What is wrong with a connection's variables, one sentence each; empty when all is well. Ask it before the values are
 * stored: when a person connects, and at import.
 */
export function configProblems(provider: Provider, config: Readonly<Record<string, string>>): string[] {
  return Object.entries(provider.config).flatMap(([name, variable]) => {
    if (!Object.hasOwn(config, name) || config[name] === '') return [`${variable.title} is missing`]
    return fits(config[name], variable.pattern) ? [] : [`${variable.title} does not have the expected form`]
  })
}

function valueOf(name: string, provider: Provider, variables: Variables): string {
  if (name === 'client_id') return provider.client?.client_id ?? ''
  const [kind, key] = name.split('.', 2) as ['config' | 'metadata', string]
  const values = variables[kind] ?? {}
  const value = Object.hasOwn(values, key) ? values[key] : ''
  if (value === '') throw new RequestError('missing_variable', `${provider.name} needs ${name} to be known`)
  const pattern =
    kind === 'config' && Object.hasOwn(provider.config, key) ? provider.config[key].pattern : null
  if (pattern !== null && !fits(value, pattern)) {
    throw new RequestError('invalid_variable', `${provider.name}: ${name} does not have the expected form`)
  }
  return value
}

function fits(value: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`, 'u').test(value)
}

function baseUrl(value: string, name: string, provider: Provider): string {
  const url = URL.canParse(value) ? new URL(value) : null
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && provider.allowPrivate)
  if (!url || !secure || url.username || url.search || url.hash) {
    throw new RequestError('invalid_variable', `${provider.name}: ${name} is not the URL of a server`)
  }
  return url.href.replace(/\/$/, '')
}
