import { checkProvider } from '#oauth/check_provider'
import { notADuration, parseDuration } from '#oauth/duration'
import { faultSentence, type FieldFault } from '#oauth/fault'
import { Secret } from '#oauth/secret'
import type { Provider, RefreshRules } from '#oauth/types'

type Duration = string | number

type Durations = 'margin' | 'reuseGrace' | 'minimumAge' | 'strikeRetry' | 'strikeSpacing'

/** The refresh rules as a definition writes them: all optional, durations as `'1h'` or in milliseconds. */
export interface RefreshRulesInput extends Partial<
  Omit<RefreshRules, Durations | 'assumedLifetime' | 'grantLifetime'>
> {
  margin?: Duration
  assumedLifetime?: Duration | null
  grantLifetime?: Duration | null
  reuseGrace?: Duration
  minimumAge?: Duration
  strikeRetry?: Duration
  strikeSpacing?: Duration
}

/** A provider definition as people write it. A complete `Provider` is one too, so definitions can be derived. */
export interface ProviderInput
  extends
    Partial<Omit<Provider, 'id' | 'name' | 'server' | 'refresh' | 'rateLimit' | 'validationInterval'>>,
    Pick<Provider, 'id' | 'name' | 'server'> {
  refresh?: RefreshRulesInput
  validationInterval?: Duration | null
  rateLimit?: Partial<Provider['rateLimit']>
}

/** Thrown for a definition that cannot work, with everything that is wrong; its message says each in a sentence. */
export class ProviderDefinitionError extends Error {
  override readonly name = 'ProviderDefinitionError'

  constructor(readonly faults: readonly FieldFault[]) {
    super(faults.map(faultSentence).join('\n'))
  }
}

/**
 * Checks a definition, fills its defaults and freezes it to the bottom. The input itself is left as it is. Throws
 * `ProviderDefinitionError` with everything that is wrong at once.
 */
export function defineProvider(input: ProviderInput): Provider {
  const faults: FieldFault[] = []
  const refresh = refreshRules(input, faults)
  const provider: Provider = {
    ...DEFAULTS,
    ...withoutUndefined(input),
    gate: input.gate ?? input.id,
    clientAuthFromMetadata: input.clientAuthFromMetadata ?? input.clientAuth === undefined,
    rateLimit: { ...DEFAULTS.rateLimit, ...withoutUndefined(input.rateLimit ?? {}) },
    validationInterval: milliseconds(
      input.validationInterval ?? null,
      input.id,
      'validationInterval',
      faults
    ),
    refresh,
  }
  faults.push(...checkProvider(provider))
  if (faults.length > 0) throw new ProviderDefinitionError(faults)
  return frozenCopy(provider)
}

const DEFAULTS = {
  docs: null,
  client: null,
  clientAuth: 'client_secret_basic',
  publicClientAuth: null,
  basicEncoding: 'form',
  grantType: 'authorization_code',
  pkce: true,
  scopes: [],
  scopeSeparator: ' ',
  bodyFormat: 'form',
  authorizationParams: {},
  tokenParams: {},
  refreshParams: {},
  refreshEndpoint: null,
  codeParam: 'code',
  tokenHeaders: {},
  paramNames: {},
  config: {},
  metadataPaths: {},
  responsePaths: {},
  expiresInUnit: 'seconds',
  resource: null,
  schedule: [],
  rateLimit: { perSecond: null, concurrency: null },
  failures: [],
  knownErrors: [],
  validation: null,
  profile: null,
  readTokenSet: null,
  refreshRequest: null,
  rateLimitResets: [],
  rateLimitWait: null,
  longLivedRequest: null,
  children: null,
  alsoGranted: null,
  revokes: 'refresh_token',
  revocationRequest: null,
  oauth1: null,
  icon: null,
  console: null,
  checkedOn: null,
  quirks: [],
  allowPrivate: false,
} satisfies Partial<Provider>

const REFRESH_DEFAULTS: RefreshRulesInput = {
  margin: '5m',
  assumedLifetime: '1h',
  grantLifetime: null,
  grantLifetimeFrom: 'consent',
  minimumAge: 0,
  rotation: 'may',
  reuse: 'unknown',
  reuseGrace: 0,
  strikes: 2,
  keepAlive: 'always',
  supported: true,
}

const DURATION_FIELDS = [
  'margin',
  'assumedLifetime',
  'grantLifetime',
  'reuseGrace',
  'minimumAge',
  'strikeRetry',
  'strikeSpacing',
] as const

function refreshRules(input: ProviderInput, faults: FieldFault[]): RefreshRules {
  const rules: RefreshRulesInput = { ...REFRESH_DEFAULTS, ...withoutUndefined(input.refresh ?? {}) }
  for (const field of DURATION_FIELDS) {
    const value = rules[field]
    if (value === undefined || value === null) continue
    rules[field] = milliseconds(value, input.id, `refresh.${field}`, faults)
  }
  return rules as RefreshRules
}

function milliseconds<T extends Duration | null>(value: T, id: string, field: string, faults: FieldFault[]) {
  try {
    return (value === null ? null : parseDuration(value)) as T extends null ? null : number
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    faults.push({ id, field, ...notADuration(value as Duration) })
    return 1 as T extends null ? null : number
  }
}

// A field given as undefined means "not given": it must not hide a default.
function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

// Copies, so that a definition shared with others is not frozen under their hands. Secrets and patterns guard themselves.
function frozenCopy<T>(value: T): T {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as T
  const plain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  if (!plain || value instanceof Secret) return value
  return Object.freeze(
    Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, frozenCopy(item)]))
  ) as T
}
