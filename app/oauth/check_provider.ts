import { isPrivateHost } from '#oauth/address_guard'
import { FAILURE_CLASSES, type FailureRule, type Provider } from '#oauth/types'

// The part behind a dot names the organization that added the provider.
const ID = /^(?=.{1,64}$)[a-z][a-z0-9_-]*(\.[a-z0-9]+)?$/
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const RESET_UNITS = ['epoch_seconds', 'seconds_left', 'minutes_left']
const CRON = /^(\S+ ){4,5}\S+$/

const CHOICES: [string, (provider: Provider) => unknown, readonly unknown[]][] = [
  ['clientAuth', (p) => p.clientAuth, ['client_secret_basic', 'client_secret_post', 'none']],
  ['grantType', (p) => p.grantType, ['authorization_code', 'client_credentials']],
  [
    'publicClientAuth',
    (p) => p.publicClientAuth,
    ['client_secret_basic', 'client_secret_post', 'none', null],
  ],
  ['basicEncoding', (p) => p.basicEncoding, ['form', 'raw']],
  ['revokes', (p) => p.revokes, ['refresh_token', 'access_token']],
  ['bodyFormat', (p) => p.bodyFormat, ['form', 'json']],
  ['expiresInUnit', (p) => p.expiresInUnit, ['seconds', 'milliseconds', 'minutes']],
  ['refresh.rotation', (p) => p.refresh.rotation, ['never', 'may', 'always']],
  ['refresh.reuse', (p) => p.refresh.reuse, ['static', 'until_used', 'grace', 'strict', 'unknown']],
  ['refresh.strikes', (p) => p.refresh.strikes, [1, 2]],
  ['refresh.grantLifetimeFrom', (p) => p.refresh.grantLifetimeFrom, ['consent', 'refresh']],
  ['refresh.keepAlive', (p) => p.refresh.keepAlive, ['always', 'while_authorized']],
]

/**
 * Everything that is wrong with a complete definition, one sentence each, with provider and field; empty when it can
 * work. It does not ask for a client registration or an endpoint, since both may come later.
 */
export function checkProvider(provider: Provider): string[] {
  const problems = [
    ...checkWords(provider),
    ...endpointsOf(provider).flatMap(([field, url]) => endpointProblem(url, provider.allowPrivate, field)),
    ...checkNumbers(provider),
    ...checkPatterns(provider),
  ]
  return problems.map((problem) => `${provider.id}: ${problem}`)
}

/** What is wrong with one endpoint, which may hold placeholders; empty when nothing is. */
export function endpointProblem(endpoint: string, allowPrivate: boolean, field: string): string[] {
  const example = endpoint.replace(/^\{[^}]*\}/, 'https://placeholder.example').replace(/\{[^}]*\}/g, 'x')
  if (!URL.canParse(example)) return [`${field}: "${endpoint}" is not a URL`]
  const url = new URL(example)
  if (url.username || url.password || url.hash) {
    return [`${field}: leave user name, password and fragment out of the URL`]
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return [`${field}: must be an https URL`]
  if (allowPrivate) return []
  if (url.protocol === 'http:') {
    return [`${field}: must be https; http needs ALLOW_PRIVATE_PROVIDERS=true`]
  }
  if (isPrivateHost(url.hostname)) {
    return [
      `${field}: ${url.hostname} is a loopback or private address, which needs ALLOW_PRIVATE_PROVIDERS=true`,
    ]
  }
  return []
}

function endpointsOf(provider: Provider): [string, string][] {
  const named = Object.entries(provider.server).filter(
    ([field]) => field === 'issuer' || field.endsWith('_endpoint')
  )
  const rest: [string, string | undefined | null][] = [
    ['refreshEndpoint', provider.refreshEndpoint],
    ['validation.url', provider.validation?.url],
    ['profile.url', provider.profile?.url],
    ['oauth1.validation.url', provider.oauth1?.validation.url],
  ]
  return [...(named as [string, string | undefined][]), ...rest].filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string'
  )
}

function checkWords(provider: Provider): string[] {
  const problems: string[] = []
  if (!ID.test(provider.id))
    problems.push('id: use lower-case letters, digits, "-" and "_", starting with a letter')
  if (provider.name.trim() === '') problems.push('name: must not be empty')
  for (const [field, read, allowed] of CHOICES) {
    if (!allowed.includes(read(provider))) problems.push(`${field}: must be one of ${allowed.join(', ')}`)
  }
  if (provider.scopes.some((scope) => scope === '')) problems.push('scopes: a scope must not be empty')
  if (provider.scopeSeparator === '') problems.push('scopeSeparator: must not be empty')
  for (const name of Object.keys(provider.tokenHeaders)) {
    if (!HEADER_NAME.test(name)) problems.push(`tokenHeaders: "${name}" is not a header name`)
  }
  provider.rateLimitResets.forEach(({ header, unit }, index) => {
    const field = `rateLimitResets[${index}]`
    if (!HEADER_NAME.test(header)) problems.push(`${field}.header: "${header}" is not a header name`)
    if (!RESET_UNITS.includes(unit)) problems.push(`${field}.unit: must be one of ${RESET_UNITS.join(', ')}`)
  })
  if (provider.checkedOn !== null && !DAY.test(provider.checkedOn)) {
    problems.push('checkedOn: write the day as 2026-11-21')
  }
  return problems
}

function checkNumbers({ refresh, rateLimit, schedule }: Provider): string[] {
  const problems: string[] = []
  if (refresh.margin <= 0) problems.push('refresh.margin: must be longer than zero')
  if (refresh.assumedLifetime === 0)
    problems.push('refresh.assumedLifetime: must be longer than zero, or null')
  if (refresh.grantLifetime === 0) problems.push('refresh.grantLifetime: must be longer than zero, or null')
  if (refresh.reuse === 'grace' && refresh.reuseGrace <= 0) {
    problems.push('refresh.reuseGrace: say how long the old refresh token still works')
  }
  for (const field of ['perSecond', 'concurrency'] as const) {
    const value = rateLimit[field]
    if (value !== null && !(value > 0)) problems.push(`rateLimit.${field}: must be more than zero, or null`)
  }
  for (const expression of schedule) {
    if (!CRON.test(expression)) problems.push(`schedule: "${expression}" is not a cron expression`)
  }
  return problems
}

function checkPatterns(provider: Provider): string[] {
  const problems: string[] = []
  for (const [name, { pattern }] of Object.entries(provider.config)) {
    try {
      new RegExp(pattern, 'u')
    } catch {
      problems.push(`config.${name}.pattern: "${pattern}" is not a regular expression`)
    }
  }
  provider.failures.forEach((rule, index) => {
    if (!FAILURE_CLASSES.includes(rule.class))
      problems.push(`failures[${index}].class: "${rule.class}" is unknown`)
    if (rule.where && rule.where.path === '')
      problems.push(`failures[${index}].where.path: must not be empty`)
    // Such patterns remember where they stopped, and would judge every second answer differently.
    for (const [field, pattern] of Object.entries(patternsOf(rule))) {
      if (pattern instanceof RegExp && /[gy]/.test(pattern.flags)) {
        problems.push(`failures[${index}].${field}: leave out the flags g and y`)
      }
    }
  })
  return problems
}

function patternsOf({ error, message, where }: FailureRule) {
  return { error, message, 'where.is': where?.is }
}
