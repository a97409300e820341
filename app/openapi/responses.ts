import { errorOf, type ErrorCode } from '#openapi/errors'
import type { HeaderName } from '#openapi/headers'
import type { Answer, Operation } from '#openapi/operation'
import type { ApiRoute } from '#openapi/routes'
import { ref, type Schema } from '#transformers/api_schema'

/** What a call may answer: each status with its headers and its body. */
export function responsesOf(route: ApiRoute, operation: Operation): Record<string, object> {
  const answers = Object.entries(operation.answers).map(([status, answer]) => [
    status,
    success(route, Number(status), answer),
  ])
  const byStatus = Map.groupBy(codesOf(route, operation), (code) => errorOf(code).status)
  const problems = [...byStatus].map(([status, codes]) => [
    String(status),
    shared(route, codes) ?? problem({ status, codes, more: operation.more, ability: route.ability }),
  ])
  return Object.fromEntries([...answers, ...problems])
}

/** The codes of all its problems: its own, and those that every call of its kind has. */
export function codesOf(
  { ability, method, isRepeatable }: ApiRoute,
  { errors = [] }: Operation
): ErrorCode[] {
  const own = [...errors]
  if (ability === null) return own
  const written = method === 'GET' ? [] : OF_WRITING_CALLS
  const repeated: ErrorCode[] = isRepeatable
    ? ['idempotency_key_in_flight', 'idempotency_key_reused', 'idempotency_key_invalid']
    : []
  return [...OF_EVERY_CALL, ...written, ...own, ...repeated]
}

const OF_WRITING_CALLS: readonly ErrorCode[] = [
  'bad_request',
  'request_entity_too_large',
  'unsupported_media_type',
]

const OF_EVERY_CALL: readonly ErrorCode[] = [
  'api_key_missing',
  'api_key_invalid',
  'insufficient_ability',
  'validation_failed',
  'too_many_requests',
  'internal_error',
]

/** Codes that are no news about a call: every one with a key has them, or every one that may have a body. */
export const GENERAL_CODES: readonly ErrorCode[] = [...OF_EVERY_CALL, ...OF_WRITING_CALLS]

/** Refused before the key is looked at, or not by us. */
const UNCOUNTED: ReadonlySet<number> = new Set([400, 401, 413, 500])
const COUNTERS: readonly HeaderName[] = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']

function success(route: ApiRoute, status: number, { says, schema, hasLocation }: Answer): object {
  const more: HeaderName[] = [
    ...(hasLocation ? ['Location' as const] : []),
    ...(route.isRepeatable ? ['Idempotency-Replayed' as const] : []),
  ]
  const content = schema ? { content: { 'application/json': { schema } } } : {}
  return { description: says, headers: headers(route.ability, status, more), ...content }
}

interface Refusals {
  status: number
  codes: readonly ErrorCode[]
  more?: Readonly<Record<string, Schema>>
  ability: string | null
}

function problem({ status, codes, more, ability }: Refusals): object {
  const waits = status === 429 || status === 503
  const further: HeaderName[] = [
    ...(status === 401 || status === 403 ? ['WWW-Authenticate' as const] : []),
    ...(waits && ability !== null ? ['Retry-After' as const] : []),
  ]
  const members = Object.assign({}, more, ...codes.map((code) => errorOf(code).more ?? {}))
  const properties = { code: { type: 'string', enum: codes }, ...members }
  const schema = { allOf: [ref('Problem'), { type: 'object', properties, required: ['code'] }] }
  return {
    description: codes.map((code) => `\`${code}\`: ${errorOf(code).says}`).join('\n\n'),
    headers: headers(ability, status, further),
    content: { 'application/problem+json': { schema } },
  }
}

/** Problems that most calls have, each with its codes. */
const COMMON: Readonly<Record<string, readonly ErrorCode[]>> = {
  BadRequest: ['bad_request'],
  Unauthorized: ['api_key_missing', 'api_key_invalid'],
  Forbidden: ['insufficient_ability'],
  NotFound: ['not_found'],
  TooLarge: ['request_entity_too_large'],
  NotJson: ['unsupported_media_type'],
  NotValid: ['validation_failed'],
  TooManyRequests: ['too_many_requests'],
  InternalError: ['internal_error'],
}

/** The answers that calls with a key share. */
export const SHARED_RESPONSES = Object.fromEntries(
  Object.entries(COMMON).map(([name, codes]) => [
    name,
    problem({ status: errorOf(codes[0]).status, codes, ability: '' }),
  ])
)

function shared({ ability }: ApiRoute, codes: readonly ErrorCode[]): object | null {
  const found = Object.entries(COMMON).find(([, common]) => String(common) === String(codes))
  return found && ability !== null ? { $ref: `#/components/responses/${found[0]}` } : null
}

function headers(
  ability: string | null,
  status: number,
  more: readonly HeaderName[]
): Record<string, Schema> {
  const counters = ability === null || UNCOUNTED.has(status) ? [] : COUNTERS
  const names: readonly HeaderName[] = ['X-Request-Id', ...counters, ...more]
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
