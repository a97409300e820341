import { faultSentence, type FieldFault } from '#oauth/fault'

/** One entry of PROVIDERS_FILE, field by field as `resources/providers.schema.json` documents it. */
export interface ProviderEntry {
  name?: string
  extends?: string
  docs?: string
  issuer?: string
  authorization_endpoint?: string
  token_endpoint?: string
  revocation_endpoint?: string
  userinfo_endpoint?: string
  introspection_endpoint?: string
  validation_endpoint?: string
  client_id?: string
  client_secret?: string
  client_secret_env?: string
  grant_type?: 'authorization_code' | 'client_credentials'
  client_auth?: 'client_secret_basic' | 'client_secret_post' | 'none'
  pkce?: boolean
  scopes?: string[]
  scope_separator?: string
  body_format?: 'form' | 'json'
  authorization_params?: Record<string, string>
  token_params?: Record<string, string>
  refresh_params?: Record<string, string>
  refresh_endpoint?: string
  code_param?: string
  token_headers?: Record<string, string>
  param_names?: Record<string, string>
  config?: Record<string, { title: string; pattern?: string }>
  metadata_paths?: Record<string, string>
  response_paths?: Record<string, string>
  expires_in_unit?: 'seconds' | 'milliseconds' | 'minutes'
  /** Durations: text with a unit, or a number of seconds. */
  assumed_lifetime?: string | number | null
  grant_lifetime?: string | number | null
  margin?: string | number
  rotation?: 'never' | 'may' | 'always'
  reuse?: 'static' | 'until_used' | 'grace' | 'strict' | 'unknown'
  reuse_grace?: string | number
  strikes?: 1 | 2
  keep_alive?: 'always' | 'while_authorized'
  schedule?: string[]
  rate_limit?: { per_second?: number | null; concurrency?: number | null }
  resource?: string
}

/** PROVIDERS_FILE: provider id → what it adds or overrides. */
export type ProvidersFile = Record<string, ProviderEntry>

/** Thrown where the operator's file cannot be used. Each problem is a sentence with provider, field and remedy. */
export class ProvidersFileError extends Error {
  override readonly name = 'ProvidersFileError'

  constructor(
    readonly problems: readonly string[],
    /** The same as values, as far as they are about a provider. */
    readonly faults: readonly FieldFault[] = []
  ) {
    super(['PROVIDERS_FILE cannot be used:', ...problems].join('\n- '))
  }

  static of(faults: readonly FieldFault[]): ProvidersFileError {
    return new ProvidersFileError([...new Set(faults.map(faultSentence))], faults)
  }
}
