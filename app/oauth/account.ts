import { readAnswer, reportsError } from '#oauth/answer'
import { classifyFailure } from '#oauth/classify_failure'
import { cleanText, describeForOperator } from '#oauth/clean_text'
import { at, optionalText, type JsonObject } from '#oauth/own'
import { Secret } from '#oauth/secret'
import { fillEndpoint, fillValue } from '#oauth/template'
import type {
  AccountEndpoint,
  AccountProfile,
  AccountRequestInput,
  AccountResult,
  AccountVerdict,
  AuthorizationServer,
  Exchange,
  Failure,
  OutgoingRequest,
  Provider,
} from '#oauth/types'

/**
 * Where to learn who an access token belongs to: the definition's own profile endpoint, else the server's userinfo
 * endpoint with the standard claims (OpenID Connect Core §5.1); null where neither exists. A token that was asked for
 * one resource (RFC 8707) is none for the userinfo endpoint, which would refuse a live token.
 */
export function profileEndpoint(provider: Provider, server: AuthorizationServer): AccountEndpoint | null {
  if (provider.profile || provider.resource !== null) return provider.profile
  return server.userinfo_endpoint ? { url: server.userinfo_endpoint, account: standardAccount } : null
}

/** The account in an answer that uses the standard claims, or the names most in use beside them; null if it has none. */
export function standardAccount(body: JsonObject): AccountProfile | null {
  const first = (...paths: string[]) => paths.map((path) => optionalText(at(body, path))).find(Boolean)
  const id = first('sub', 'user_id', 'id', 'data.id', 'user.id')
  if (id === undefined) return null
  return {
    id,
    username: first('preferred_username', 'username', 'login', 'email', 'data.username', 'user.username'),
    displayName: first('name', 'display_name', 'data.name', 'user.name'),
    avatarUrl: first('picture', 'avatar_url', 'user.avatar_url'),
  }
}

/**
 * The request to a validation or profile endpoint: the endpoint's own where it states one, else with the access token in
 * the `Authorization` header only (RFC 6750 §2.1). Throws `RequestError` where a variable of the URL is missing.
 */
export function accountRequest(endpoint: AccountEndpoint, input: AccountRequestInput): OutgoingRequest {
  if (endpoint.request) return endpoint.request(input)
  const { provider, accessToken } = input
  const headers: OutgoingRequest['headers'] = {
    accept: 'application/json',
    authorization: new Secret(`${endpoint.scheme ?? 'Bearer'} ${accessToken.reveal()}`),
  }
  for (const [name, value] of Object.entries(endpoint.headers ?? {})) {
    headers[name.toLowerCase()] = fillValue(value, provider, input)
  }
  return {
    method: endpoint.method ?? 'GET',
    url: fillEndpoint(endpoint.url, provider, input),
    headers,
  }
}

/**
 * Judges the answer of a validation or profile endpoint. Pure, never throws. A 401 is class `rejected` and speaks of the
 * access token alone: a refresh may cure it. A 2xx answer against which the endpoint has a verdict is a failure of that
 * class and code. An answer that should name an account and does not is `unknown`.
 */
export function readAccount(
  provider: Provider,
  endpoint: AccountEndpoint,
  exchange: Exchange,
  presented: readonly Secret[] = []
): AccountResult {
  const { receivedAt } = exchange
  const body = bodyOf(provider, exchange)
  const verdict = body && verdictOf(endpoint, body)
  const account = body === null || verdict ? undefined : accountIn(endpoint, body)
  if (account !== undefined) return { ok: true, account, receivedAt }
  const failure = classifyFailure(provider, exchange, 'account', presented)
  if (verdict) return { ok: false, failure: { ...failure, ...spoken(verdict, presented) }, receivedAt }
  if (body === null) return { ok: false, failure, receivedAt }
  return { ok: false, failure: { ...failure, class: 'unknown', code: 'no_account' }, receivedAt }
}

function verdictOf(endpoint: AccountEndpoint, body: JsonObject): AccountVerdict | null {
  try {
    return endpoint.verdict?.(body) ?? null
  } catch {
    // It looks for words that it knows; a body of another shape does not hold them.
    return null
  }
}

function spoken(verdict: AccountVerdict, presented: readonly Secret[]) {
  return {
    class: verdict.class,
    code: describeForOperator(verdict.code, presented)?.slice(0, 255) ?? verdict.class,
    description: describeForOperator(verdict.description ?? '', presented),
  } satisfies Partial<Failure>
}

/**
 * Judges the answer of an introspection endpoint (RFC 7662 §2.2). `active: false` is class `rejected`, code
 * `inactive_token`. Pure, never throws.
 */
export function readIntrospection(provider: Provider, exchange: Exchange): AccountResult {
  const { receivedAt } = exchange
  const body = bodyOf(provider, exchange) ?? {}
  if (at(body, 'active') === true) {
    return { ok: true, account: namedAccount(standardAccount(body)), receivedAt }
  }
  // Here, unlike at the account endpoints, a 401 is about our client.
  const failure = classifyFailure(provider, exchange, 'token')
  const inactive = at(body, 'active') === false
  return {
    ok: false,
    failure: inactive ? { ...failure, class: 'rejected', code: 'inactive_token' } : failure,
    receivedAt,
  }
}

/** The body of a 2xx answer that reports no error; null for all others. */
export function bodyOf(provider: Provider, exchange: Exchange): JsonObject | null {
  if (!exchange.ok || exchange.status < 200 || exchange.status > 299) return null
  const answer = readAnswer(exchange)
  if (answer.kind !== 'object' || reportsError(answer.body, provider.responsePaths)) return null
  return answer.body
}

/** Null: the token is good and nobody is named. Undefined: an account was due and is not there. */
function accountIn(endpoint: AccountEndpoint, body: JsonObject): AccountProfile | null | undefined {
  try {
    const account = endpoint.account(body)
    return account === null ? null : (namedAccount(account) ?? undefined)
  } catch {
    // A definition reads the shape it knows; another shape names no account.
    return undefined
  }
}

/** The account with its texts cleaned and its picture checked; null where it names none. */
export function namedAccount(account: AccountProfile | null): AccountProfile | null {
  const id = clean(account?.id)
  if (!account || id === undefined) return null
  const clientId = clean(account.clientId)
  return {
    id,
    username: clean(account.username),
    displayName: clean(account.displayName),
    avatarUrl: httpsUrl(account.avatarUrl),
    ...(clientId === undefined ? {} : { clientId }),
  }
}

function clean(value: unknown): string | undefined {
  return typeof value === 'string' ? cleanText(value, 255) || undefined : undefined
}

// Pages show it as an image: nothing but https may come that way. A cut URL would be another one, so it is dropped.
function httpsUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2_048 || !URL.canParse(value)) return undefined
  const url = new URL(value)
  return url.protocol === 'https:' && !url.username ? url.href : undefined
}
