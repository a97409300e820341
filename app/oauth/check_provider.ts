import { isPrivateHost } from '#oauth/address_guard'
import { fault, type Fault, type FaultCode, type FieldFault } from '#oauth/fault'
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

/** A fault and the field of the definition that has it. */
type Found = Omit<FieldFault, 'id'>

const found = (field: string, code: FaultCode, values?: FieldFault['values']): Found => ({
  field,
  ...fault(code, values),
})

/**
 * Everything that is wrong with a complete definition; empty when it can work. It does not ask for a client registration
 * or an endpoint, since both may come later.
 */
export function checkProvider(provider: Provider): FieldFault[] {
  const faults = [
    ...checkWords(provider),
    ...checkEndpoints(provider),
    ...checkNumbers(provider),
    ...checkPatterns(provider),
  ]
  return faults.map((one) => ({ id: provider.id, ...one }))
}

/** What is wrong with one endpoint, which may hold placeholders; null when nothing is. */
export function endpointFault(endpoint: string, allowPrivate: boolean): Fault | null {
  const example = endpoint.replace(/^\{[^}]*\}/, 'https://placeholder.example').replace(/\{[^}]*\}/g, 'x')
  if (!URL.canParse(example)) return fault('no_url', { text: endpoint })
  const url = new URL(example)
  if (url.username || url.password || url.hash) return fault('url_parts')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return fault('scheme')
  if (allowPrivate) return null
  if (url.protocol === 'http:') return fault('insecure')
  return isPrivateHost(url.hostname) ? fault('private_address', { host: url.hostname }) : null
}

function checkEndpoints(provider: Provider): Found[] {
  return endpointsOf(provider).flatMap(([field, url]) => {
    const wrong = endpointFault(url, provider.allowPrivate)
    return wrong ? [{ field, ...wrong }] : []
  })
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

function checkWords(provider: Provider): Found[] {
  const faults: Found[] = []
  if (!ID.test(provider.id)) faults.push(found('id', 'id'))
  if (provider.name.trim() === '') faults.push(found('name', 'empty'))
  for (const [field, read, allowed] of CHOICES) {
    if (!allowed.includes(read(provider)))
      faults.push(found(field, 'choice', { allowed: allowed.join(', ') }))
  }
  if (provider.scopes.some((scope) => scope === '')) faults.push(found('scopes', 'empty_scope'))
  if (provider.scopeSeparator === '') faults.push(found('scopeSeparator', 'empty'))
  for (const name of Object.keys(provider.tokenHeaders)) {
    if (!HEADER_NAME.test(name)) faults.push(found('tokenHeaders', 'header_name', { name }))
  }
  provider.rateLimitResets.forEach(({ header, unit }, index) => {
    const field = `rateLimitResets[${index}]`
    if (!HEADER_NAME.test(header)) faults.push(found(`${field}.header`, 'header_name', { name: header }))
    if (!RESET_UNITS.includes(unit))
      faults.push(found(`${field}.unit`, 'choice', { allowed: RESET_UNITS.join(', ') }))
  })
  if (provider.checkedOn !== null && !DAY.test(provider.checkedOn)) {
    faults.push(found('checkedOn', 'day'))
  }
  return faults
}

function checkNumbers({ refresh, rateLimit, schedule }: Provider): Found[] {
  const faults: Found[] = []
  if (refresh.margin <= 0) faults.push(found('refresh.margin', 'zero'))
  if (refresh.assumedLifetime === 0) faults.push(found('refresh.assumedLifetime', 'zero_or_null'))
  if (refresh.grantLifetime === 0) faults.push(found('refresh.grantLifetime', 'zero_or_null'))
  if (refresh.reuse === 'grace' && refresh.reuseGrace <= 0) {
    faults.push(found('refresh.reuseGrace', 'no_grace'))
  }
  for (const field of ['perSecond', 'concurrency'] as const) {
    const value = rateLimit[field]
    if (value !== null && !(value > 0)) faults.push(found(`rateLimit.${field}`, 'not_positive'))
  }
  for (const expression of schedule) {
    if (!CRON.test(expression)) faults.push(found('schedule', 'cron', { text: expression }))
  }
  return faults
}

function checkPatterns(provider: Provider): Found[] {
  const faults: Found[] = []
  for (const [name, { pattern }] of Object.entries(provider.config)) {
    try {
      new RegExp(pattern, 'u')
    } catch {
      faults.push(found(`config.${name}.pattern`, 'regular_expression', { text: pattern }))
    }
  }
  provider.failures.forEach((rule, index) => {
    if (!FAILURE_CLASSES.includes(rule.class))
      faults.push(found(`failures[${index}].class`, 'unknown_class', { name: rule.class }))
    if (rule.where && rule.where.path === '') faults.push(found(`failures[${index}].where.path`, 'empty'))
    // Such patterns remember where they stopped, and would judge every second answer differently.
    for (const [field, pattern] of Object.entries(patternsOf(rule))) {
      if (pattern instanceof RegExp && /[gy]/.test(pattern.flags)) {
        faults.push(found(`failures[${index}].${field}`, 'pattern_flags'))
      }
    }
  })
  provider.knownErrors.forEach(({ message }, index) => {
    if (message && /[gy]/.test(message.flags))
      faults.push(found(`knownErrors[${index}].message`, 'pattern_flags'))
  })
  return faults
}

function patternsOf({ error, message, where }: FailureRule) {
  return { error, message, 'where.is': where?.is }
}
