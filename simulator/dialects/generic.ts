import type {
  AuthorizeRules,
  ClientWay,
  Dialect,
  Door,
  NamedFailure,
  Reply,
  TokenRules,
  Told,
  Violation,
} from '#simulator/types'
import { HOUR } from '#simulator/times'

/** A request to a token endpoint, as the vendor's page describes it. */
interface TokenRequest {
  /** `{name}` stands for one host label or one path segment: `https://{shop}.myshopify.com/admin/oauth/access_token`. */
  url: string
  method?: 'GET' | 'POST'
  /** `form` unless told; for a GET the parameters are the query's. */
  body?: 'form' | 'json'
  client?: ClientWay | readonly ClientWay[]
  /** Names of client id and secret where they are not the standard ones. */
  clientNames?: { id: string; secret: string }
  headers?: Record<string, RegExp>
  /** Parameters that must be there; `grant_type` is demanded by itself unless `grantType` is null. */
  params?: Record<string, RegExp>
  refuses?: readonly string[]
  grantType?: string | null
  /** The parameter with the code or the refresh token. */
  credential?: string
  answer: (told: Told) => unknown
}

export interface GenericDialect {
  id: string
  page: string
  /** Provider ids; the dialect's own id unless told. */
  serves?: readonly string[]
  client?: { id: string; secret: string | null }
  tokens?: Partial<TokenRules>
  authorize?: {
    url: string
    params?: Record<string, RegExp>
    clientNames?: { id: string; secret: string }
  } & Partial<AuthorizeRules>
  code?: TokenRequest
  /** The code's request with another credential unless told otherwise; null: no refresh. */
  refresh?: Partial<TokenRequest> | null
  /** Grant of tokens to the client itself. */
  clientCredentials?: TokenRequest
  profile?: {
    url: string
    method?: 'GET' | 'POST'
    scheme?: string
    headers?: Record<string, RegExp>
    answer: (told: Told) => unknown
  }
  revoke?: { url: string; param?: string; client?: readonly ClientWay[] }
  failures?: readonly NamedFailure[]
  refusals?: Partial<Record<Violation, Reply>>
  account?: { id: string; name: string }
}

/** A dialect from the few facts in which vendors differ; what is left out is as RFC 6749 has it. */
export function genericDialect(input: GenericDialect): Dialect {
  const { id, page, authorize, code, refresh, clientCredentials, profile, revoke } = input
  const presents = refresh === null || (!code && !refresh) ? 'nothing' : 'refresh'
  return {
    id,
    page,
    serves: input.serves ?? [id],
    client: input.client ?? { id: `${id}-client`, secret: `${id}-secret` },
    tokens: {
      ...STANDARD_TOKENS,
      presents: presents === 'nothing' && clientCredentials ? 'nothing' : presents,
      ...input.tokens,
    },
    doors: [
      ...(authorize ? [authorizeDoor(authorize)] : []),
      ...(code ? [tokenDoor(code, 'code', 'authorization_code')] : []),
      ...(refresh
        ? [
            tokenDoor(
              { ...code, credential: undefined, params: undefined, ...refresh } as TokenRequest,
              'refresh',
              'refresh_token'
            ),
          ]
        : []),
      ...(clientCredentials ? [tokenDoor(clientCredentials, 'client', 'client_credentials')] : []),
      ...(profile ? [profileDoor(profile)] : []),
      ...(revoke ? [revokeDoor(revoke)] : []),
    ],
    failures: input.failures ?? STANDARD_FAILURES,
    refusals: input.refusals,
    account: input.account,
  }
}

export const STANDARD_TOKENS: TokenRules = {
  prefix: { access: 'at-', refresh: 'rt-' },
  accessLife: HOUR,
  refreshLife: null,
  presents: 'refresh',
  rotates: true,
  unrotated: 'absent',
  reuse: 'strict',
}

/** What RFC 6749 §5.2 and RFC 6585 §4 have every server say. */
export const STANDARD_FAILURES: readonly NamedFailure[] = [
  {
    name: 'dead',
    case: 'dead',
    at: ['token'],
    class: 'rejected',
    status: 400,
    body: { error: 'invalid_grant', error_description: 'refresh token is invalid' },
  },
  {
    name: 'configuration',
    case: 'configuration',
    at: ['token'],
    class: 'configuration',
    status: 401,
    body: { error: 'invalid_client' },
  },
  {
    name: 'rate_limited',
    case: 'rate_limited',
    at: ['token'],
    class: 'rate_limited',
    status: 429,
    headers: { 'retry-after': '17' },
    wait: 17_000,
    body: { error: 'slow_down' },
    unverified: true,
  },
  {
    name: 'token_refused',
    case: 'token_refused',
    at: ['validation', 'profile'],
    class: 'rejected',
    status: 401,
    body: { error: 'invalid_token' },
  },
]

function authorizeDoor({
  url,
  params,
  clientNames,
  ...rules
}: NonNullable<GenericDialect['authorize']>): Door {
  return {
    url,
    does: 'authorize',
    client: ['public'],
    ...(clientNames ? { clientNames } : {}),
    params: { response_type: /^code$/, state: /./, ...params },
    authorize: { pkce: 'optional', codeLife: 600_000, ...rules },
  }
}

function tokenDoor(request: TokenRequest, presents: NonNullable<Door['presents']>, grantType: string): Door {
  const { url, method = 'POST', client = ['basic', 'params'], params, grantType: named = grantType } = request
  const credential = request.credential ?? (presents === 'code' ? 'code' : 'refresh_token')
  return {
    url,
    does: 'grant',
    presents,
    method,
    ...(method === 'GET' ? {} : { body: request.body ?? 'form' }),
    client: [client].flat(),
    clientNames: request.clientNames,
    headers: request.headers,
    when: named === null ? { [credential]: /./ } : { grant_type: new RegExp(`^${RegExp.escape(named)}$`) },
    params: { ...(presents === 'client' ? {} : { [credential]: /./ }), ...params },
    refuses: request.refuses,
    credential: [{ param: credential }],
    answer: request.answer,
  }
}

function profileDoor({ scheme = 'Bearer', ...door }: NonNullable<GenericDialect['profile']>): Door {
  return { ...door, does: 'account', place: 'profile', credential: [{ header: scheme }] }
}

function revokeDoor({
  url,
  param = 'token',
  client = ['basic', 'params'],
}: NonNullable<GenericDialect['revoke']>): Door {
  return { url, does: 'revoke', body: 'form', client, credential: [{ param }], ends: 'grant' }
}
