import { describeForOperator, givesAway } from '#oauth/clean_text'
import { CONTENT_TYPES, USER_AGENT } from '#oauth/outgoing'
import { Secret } from '#oauth/secret'
import type { CallRecord, Exchange, KeptHeaders, OutgoingRequest } from '#oauth/types'

type Shape = (value: string, secrets: readonly Secret[]) => string | null

const MEDIA_TYPE =
  /^(?:application\/(?:(?:[a-z-]{1,16}\+)?json|x-www-form-urlencoded|xml)|text\/(?:html|plain|xml))(?:; ?charset=[\w-]{1,12})?$/i
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const NUMBER = /^\d{1,13}(?:\.\d{1,6})?$/
// Ids are short, or digits of a hexadecimal number; what is neither could be a token.
const IDENTIFIER =
  /^(?:[\w.:+/=-]{1,24}|[\da-f]{1,36}|(?=.{1,64}$)[\da-f]{1,36}(?:[:-][\da-f]{1,36})+(?:-[A-Z]{3})?)$/i

const shaped = (...shapes: RegExp[]): Shape => {
  return (value, secrets) =>
    shapes.some((shape) => shape.test(value)) && !givesAway(value, secrets) ? value : null
}
/** Words of the provider's choice: as a whole or not at all. */
const words: Shape = (value, secrets) => {
  const clean = describeForOperator(value, secrets)
  return clean === null || clean.includes('[secret]') ? null : clean.slice(0, LONGEST).toWellFormed()
}
const LONGEST = 256

const REQUEST_IDS = [
  ...['x-request-id', 'request-id', 'x-correlation-id', 'x-trace-id', 'x-transaction-id', 'x-fb-trace-id'],
  ...['x-fb-request-id', 'x-amzn-requestid', 'x-amz-request-id', 'x-ms-request-id', 'x-github-request-id'],
  ...['x-slack-req-id', 'x-tt-logid', 'twitch-trace-id', 'x-li-uuid', 'cf-ray'],
]
const RATE_LIMITS = ['x-ratelimit', 'x-rate-limit', 'ratelimit'].flatMap((family) =>
  ['limit', 'remaining', 'reset'].map((figure) => `${family}-${figure}`)
)

/** The only headers of an answer that are kept, each with the shape that its value must have. */
const OF_ANSWERS: Readonly<Record<string, Shape>> = {
  'content-type': shaped(MEDIA_TYPE),
  'date': shaped(HTTP_DATE),
  'retry-after': shaped(NUMBER, HTTP_DATE),
  'www-authenticate': words,
  ...Object.fromEntries(RATE_LIMITS.map((name) => [name, shaped(NUMBER)])),
  ...{ 'ratelimit': words, 'ratelimit-policy': words, 'x-app-usage': words },
  ...Object.fromEntries(REQUEST_IDS.map((name) => [name, shaped(IDENTIFIER)])),
}
/** The same for our own. */
const OF_REQUESTS: Readonly<Record<string, Shape>> = {
  'accept': shaped(/^[\w*+./;=, -]{1,128}$/),
  'authorization': (value) => schemeOf(value),
  'content-type': shaped(MEDIA_TYPE),
  'user-agent': shaped(/^[\w .:;,()+/-]{1,128}$/),
}
const NAMES = Object.keys(OF_ANSWERS)

/**
 * What is kept of one exchange. `secrets` are those beside the request's own: the client's and the ones that came with
 * the answer. A value that is not shaped as its header's should be, that looks like a token, or that holds a part of a
 * secret is withheld. Pure, never throws.
 */
export function recordCall(
  request: OutgoingRequest,
  exchange: Exchange,
  { tookMs, secrets }: { tookMs: number; secrets: readonly Secret[] }
): CallRecord {
  const all = [...secrets, ...presentedIn(request)]
  const response = exchange.ok ? keptOf(exchange.headers, all) : {}
  const named = REQUEST_IDS.find((name) => typeof response[name] === 'string')
  return {
    method: request.method,
    host: URL.canParse(request.url) ? new URL(request.url).host.slice(0, 255) : '',
    sent: exchange.ok || exchange.sent,
    status: exchange.ok ? exchange.status : null,
    code: exchange.ok ? null : exchange.code,
    ms: Math.round(tookMs),
    request_id: named === undefined ? null : response[named],
    request: ownHeaders(request, all),
    response,
  }
}

function keptOf(headers: Headers, secrets: readonly Secret[]): KeptHeaders {
  const kept: KeptHeaders = {}
  for (const name of NAMES) {
    const value = headers.get(name)
    if (value !== null) kept[name] = OF_ANSWERS[name](value, secrets)
  }
  return kept
}

function ownHeaders({ headers, body, content }: OutgoingRequest, secrets: readonly Secret[]): KeptHeaders {
  const type = content?.type ?? (body && CONTENT_TYPES[body.format])
  const sent = { 'user-agent': USER_AGENT, ...headers, ...(type ? { 'content-type': type } : {}) }
  const kept: KeptHeaders = {}
  for (const [name, value] of Object.entries(sent)) {
    if (Object.hasOwn(OF_REQUESTS, name)) kept[name] = OF_REQUESTS[name](textOf(value), secrets)
  }
  return kept
}

function schemeOf(value: string): string | null {
  const scheme = /^(Basic|Bearer|DPoP|OAuth) /i.exec(value)
  return scheme && `${scheme[1]} …`
}

/** Without its scheme, whose letters would be taken for a part of the secret. */
function presentedIn({ headers, body, query }: OutgoingRequest): Secret[] {
  const values = [headers, body?.fields ?? {}, query ?? {}].flatMap((fields) => Object.values(fields))
  const secrets = values.filter((value) => value instanceof Secret)
  return secrets.map((secret) => new Secret(secret.reveal().replace(/^(?:Basic|Bearer|DPoP|OAuth) /i, '')))
}

function textOf(value: string | Secret): string {
  return typeof value === 'string' ? value : value.reveal()
}
