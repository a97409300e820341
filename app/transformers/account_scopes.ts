/** A scope as the account page shows it. */
export interface ScopeMark {
  name: string
  /** `missing`: the provider's definition asks for it, or the server demanded it, and it was not granted. */
  state: 'granted' | 'missing'
}

/** Asks for a refresh token (OpenID Connect Core §11); many servers leave it out of the scopes that they tell. */
const OFFLINE_ACCESS = 'offline_access'

/**
 * What was granted, then what is wanted and was not. A provider that tells of no scopes granted what was asked for
 * (RFC 6749 §5.1), so nothing is missing there; nor is the scope of a refresh token where there is one. Pure.
 */
export function accountScopes(
  granted: readonly string[],
  wanted: readonly string[],
  demanded: readonly string[],
  hasRefreshToken: boolean
): ScopeMark[] {
  const has = new Set(hasRefreshToken ? [...granted, OFFLINE_ACCESS] : granted)
  const asked = granted.length === 0 ? demanded : [...wanted, ...demanded]
  const missing = [...new Set(asked)].filter((name) => !has.has(name))
  return [
    ...granted.map((name) => ({ name, state: 'granted' as const })),
    ...missing.map((name) => ({ name, state: 'missing' as const })),
  ]
}
