import type { AuthorizeRules, Door, NamedFailure, Place, Told } from '#simulator/types'

/** Pieces that dialects are put together from. */

export const TOKEN: readonly Place[] = ['token']
export const PROFILE: readonly Place[] = ['profile']
export const ACCOUNT: readonly Place[] = ['validation', 'profile']
export const EVERYWHERE: readonly Place[] = ['token', 'validation', 'profile']

export const BEARER = [{ header: 'Bearer' }] as const
export const REFRESH = { grant_type: /^refresh_token$/ }
export const CODE = { grant_type: /^authorization_code$/ }

/** A consent page that somebody always agrees on. */
export function consent(
  url: string,
  rules: Partial<AuthorizeRules> = {},
  params: Record<string, RegExp> = {}
): Door {
  return {
    url,
    does: 'authorize',
    client: ['public'],
    params: { response_type: /^code$/, state: /./, ...params },
    authorize: { pkce: 'unknown', codeLife: 600_000, ...rules },
  }
}

/** The two grants of RFC 6749 at one URL; `code` and `refresh` add to what both share. */
export function grants(
  both: Pick<Door, 'url' | 'answer'> & Partial<Door>,
  own: { code?: Partial<Door>; refresh?: Partial<Door> } = {}
): Door[] {
  const shared = { does: 'grant', body: 'form', ...both } as const
  return [
    {
      ...shared,
      presents: 'code',
      when: CODE,
      credential: [{ param: 'code' }],
      ...own.code,
      params: { code: /./, redirect_uri: /./, ...both.params, ...own.code?.params },
    },
    {
      ...shared,
      presents: 'refresh',
      when: REFRESH,
      credential: [{ param: 'refresh_token' }],
      ...own.refresh,
      params: { refresh_token: /./, ...both.params, ...own.refresh?.params },
    },
  ]
}

/** The same failure under another status, body or name. */
export function variant(failure: NamedFailure, name: string, changes: Partial<NamedFailure>): NamedFailure {
  return { ...failure, name, ...changes }
}

/** The refresh token of an answer, where it names one. */
export function refreshField({ refresh }: Told): { refresh_token?: string } {
  return refresh === null ? {} : { refresh_token: refresh }
}

/** An ID token (OpenID Connect Core §2) that nobody signed: it comes over the connection to its issuer. */
export function idToken({ account, client, asked, now }: Told, issuer: string): string {
  const seconds = Math.floor(now / 1_000)
  const claims = { iss: issuer, aud: client.id, sub: account.id, iat: seconds, exp: seconds + 3_600 }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(asked.nonce ? { ...claims, nonce: asked.nonce } : claims)}.c2lnbmVk`
}
