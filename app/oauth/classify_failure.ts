import { describeForOperator } from '#oauth/clean_text'
import { readAnswer, readError, type Answer, type ReportedError } from '#oauth/answer'
import { at, optionalText, type JsonObject } from '#oauth/own'
import { readRetryAfter, readWait } from '#oauth/retry_after'
import type { Secret } from '#oauth/secret'
import type { Exchange, Failure, FailureClass, FailureRule, Provider } from '#oauth/types'

type Received = Extract<Exchange, { ok: true }>

/** Which kind of endpoint answered. */
type Place = 'token' | 'account'

/** Meaning of the error codes that are common to all, at any status below 500 (RFC 6749 §5.2, 7009, 8628, 8707, OIDC). */
const OAUTH_ERRORS: Record<string, FailureClass> = {
  invalid_grant: 'rejected',
  bad_refresh_token: 'rejected',
  invalid_refresh_token: 'rejected',
  refresh_token_expired: 'rejected',
  token_revoked: 'rejected',
  invalid_client: 'configuration',
  unauthorized_client: 'configuration',
  incorrect_client_credentials: 'configuration',
  invalid_scope: 'configuration',
  invalid_request: 'configuration',
  invalid_target: 'configuration',
  unsupported_grant_type: 'configuration',
  unsupported_token_type: 'configuration',
  unsupported_response_type: 'configuration',
  redirect_uri_mismatch: 'configuration',
  slow_down: 'rate_limited',
  temporarily_unavailable: 'unavailable',
  server_error: 'unavailable',
  interaction_required: 'locked',
  login_required: 'locked',
  consent_required: 'locked',
  account_selection_required: 'locked',
}

/** The class of an OAuth error code that every provider means alike; null for others. */
export function classOfOAuthError(code: string): FailureClass | null {
  return Object.hasOwn(OAUTH_ERRORS, code) ? OAUTH_ERRORS[code] : null
}

/**
 * What an exchange without usable tokens means: the provider's own rules first, then the table that holds for all.
 * Pure; never throws. `presented` are the secrets of the request: should the provider quote them, they are struck out.
 */
export function classifyFailure(
  provider: Provider,
  exchange: Exchange,
  place: Place = 'token',
  presented: readonly Secret[] = []
): Failure {
  if (!exchange.ok) return networkFailure(exchange, place)
  const answer = readAnswer(exchange)
  const error = errorOf(answer, provider)
  const body = answer.kind === 'object' ? answer.body : null
  const said = { status: exchange.status, error, body, place }
  const rule = provider.failures.find((candidate) => matches(candidate, said))
  const kind = rule?.class ?? settled(generalClass(exchange, answer, error, place), place)
  const secrets = provider.client?.client_secret ? [...presented, provider.client.client_secret] : presented
  return {
    class: kind,
    code:
      describeForOperator(keptCode(provider, error), secrets)?.slice(0, 255) ??
      generalCode(exchange.status, answer),
    description: describeForOperator(error.message, secrets),
    status: exchange.status,
    retryAfter:
      kind === 'rate_limited'
        ? readWait(provider, { ...exchange, body: body ?? {} })
        : readRetryAfter(exchange.headers.get('retry-after'), exchange.receivedAt),
    ...(rule?.instruction === undefined ? {} : { instruction: rule.instruction }),
  }
}

// Where the definition tells finer codes apart, the code alone would not say what a person has to do.
function keptCode({ failures }: Provider, { code, subcode }: ReportedError): string {
  const isFiner = code !== null && subcode !== null && failures.some((rule) => rule.subcode !== undefined)
  return isFiner ? `${code}/${subcode}` : (code ?? '')
}

// An address or port that we refuse ourselves is the operator's to allow; waiting cannot cure it.
const OURS_TO_MEND = ['address_refused', 'insecure_url', 'invalid_request']

function networkFailure(exchange: Extract<Exchange, { ok: false }>, place: Place): Failure {
  const unsent = OURS_TO_MEND.includes(exchange.code) ? 'configuration' : 'not_sent'
  return {
    class: exchange.sent ? settled('ambiguous', place) : unsent,
    code: exchange.code,
    description: exchange.description,
    status: null,
    retryAfter: null,
  }
}

// Looking at an account spends nothing, so nothing can be in doubt.
function settled(kind: FailureClass, place: Place): FailureClass {
  return kind === 'ambiguous' && place === 'account' ? 'unavailable' : kind
}

function errorOf(answer: Answer, provider: Provider): ReportedError {
  if (answer.kind === 'object') return readError(answer.body, provider.responsePaths)
  const text = answer.kind === 'not_an_object' ? '' : answer.text.slice(0, 4_096).replace(/<[^>]*>/g, ' ')
  return { code: null, subcode: null, message: text.replace(/\s+/g, ' ').trim().slice(0, 300) }
}

/** What an answer says, as far as rules look at it; the body is null where nothing was parsed. */
interface Said {
  status: number
  error: ReportedError
  body: JsonObject | null
  place: Place
}

// Neither a page nor a server that is failing is believed about a grant, whatever words it holds.
const ABOUT_THE_GRANT: readonly FailureClass[] = ['rejected', 'suspended', 'locked']

function matches(rule: FailureRule, { status, error, body, place }: Said): boolean {
  if ((body === null || status >= 500) && ABOUT_THE_GRANT.includes(rule.class)) return false
  return (
    (rule.at === undefined || rule.at === place) &&
    (rule.status === undefined || [rule.status].flat().includes(status)) &&
    (rule.error === undefined || isOneOf(rule.error, error.code ?? '')) &&
    (rule.subcode === undefined || [rule.subcode].flat().includes(error.subcode ?? '')) &&
    (rule.message === undefined || rule.message.test(error.message)) &&
    (rule.where === undefined || holds(rule.where, body))
  )
}

function holds({ path, is }: NonNullable<FailureRule['where']>, body: JsonObject | null): boolean {
  const value = at(body, path)
  if (is instanceof RegExp) return is.test(optionalText(value) ?? '')
  return value !== undefined && String(value) === String(is)
}

const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client', 'incorrect_client_credentials']

function isOneOf(wanted: string | string[] | RegExp, code: string): boolean {
  return wanted instanceof RegExp ? wanted.test(code) : [wanted].flat().includes(code)
}

/** The table that holds for every provider. What nobody parsed is never a rejection. */
function generalClass(exchange: Received, answer: Answer, error: ReportedError, place: Place): FailureClass {
  const { status } = exchange
  const parsed = answer.kind === 'object'
  if (status === 429) return 'rate_limited'
  if (status >= 500) return serverFault(exchange, parsed)
  // A 401 of the token endpoint is about our client; one of an account endpoint about the access token shown, unless it
  // names the client, as where the client itself asks about a token.
  if (place === 'account' && status === 401)
    return isOneOf(CLIENT_ERRORS, error.code ?? '') ? 'configuration' : 'rejected'
  const known = error.code === null ? null : classOfOAuthError(error.code)
  if (known) return known
  if (status >= 300 && status < 400) return 'configuration'
  if (status === 408 || status === 425) return parsed ? 'unavailable' : 'ambiguous'
  if (isOurFault(exchange, answer, error)) return 'configuration'
  if (!parsed) return 'ambiguous'
  return status < 300 && error.code === null ? 'ambiguous' : 'unknown'
}

function serverFault({ status, headers, receivedAt }: Received, parsed: boolean): FailureClass {
  // A gateway answers for a server that may have done its work.
  if (status === 502 || status === 504) return 'ambiguous'
  if (parsed) return 'unavailable'
  const told = status === 503 && readRetryAfter(headers.get('retry-after'), receivedAt) !== null
  return told ? 'rate_limited' : 'ambiguous'
}

// No such endpoint, wrong method, wrong format: about our request as such, never about one grant.
const WRONG_DOOR = [404, 405, 406, 410, 413, 414, 415]

function isOurFault({ status, headers }: Received, answer: Answer, error: ReportedError): boolean {
  // Firewalls and maintenance pages answer in HTML with any status; only a challenge makes it the server's own word.
  if (answer.kind === 'html') return status === 401 && headers.has('www-authenticate')
  if (status === 401 || WRONG_DOOR.includes(status)) return true
  // "Forbidden" is about the client too, unless the provider names a reason of its own in the OAuth manner.
  return status === 403 && !/^[a-z]+(_[a-z]+)+$/.test(error.code ?? '')
}

function generalCode(status: number, answer: Answer): string {
  if (status === 429) return 'too_many_requests'
  if (status >= 300 && status < 400) return 'redirected'
  if (status >= 400) return `http_${status}`
  return answer.kind === 'object' ? 'no_access_token' : answer.kind
}
