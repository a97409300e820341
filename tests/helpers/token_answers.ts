import fc from 'fast-check'
import type { Exchange } from '#oauth/types'

/** What a token endpoint may answer, or what may happen instead: mostly nearly right, sometimes nonsense. */

export interface GeneratedAnswer {
  status: number
  body: string
  headers: Record<string, string>
  /** Set where no answer came; `sent` tells whether the request left. */
  trouble: { sent: boolean; code: string } | null
}

const VALUES = fc.oneof(
  fc.constantFrom<unknown>('at-1', '', ' ', '3600', '3600s', 3600.7, -5, 0, 1e20, null, true, [], {}, [
    'a',
    'b',
  ]),
  fc.constantFrom<unknown>(
    'invalid_grant',
    'invalid_client',
    'server_error',
    'slow_down',
    'account_suspended',
    190
  ),
  fc.constantFrom<unknown>(
    { toString: 1, code: 190 },
    { message: 'expired' },
    '__proto__',
    '\ud800',
    'a\u0000b'
  ),
  fc.string({ unit: 'binary', maxLength: 12 })
)

const NAMES = fc.constantFrom(
  ...[
    'access_token',
    'refresh_token',
    'expires_in',
    'scope',
    'token_type',
    'error',
    'error_description',
    'id_token',
  ],
  ...['ok', 'message', 'data', 'errors', 'code', 'status', 'refresh_token_expires_in', 'error_subcode'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
)

const OBJECT = fc
  .array(fc.tuple(NAMES, VALUES), { maxLength: 6 })
  // Written by hand, since an object of ours would lose `__proto__` and names that stand twice.
  .map(
    (fields) =>
      `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
  )

const REFUSAL = fc
  .tuple(fc.constantFrom('invalid_grant', 'bad_refresh_token', 'account_suspended', 'strange'), OBJECT)
  .map(([error, body]) => joined(`{"error":"${error}",`, body))

/** Puts fields before those of a generated object. */
function joined(fields: string, body: string): string {
  return body === '{}' ? `${fields.slice(0, -1)}}` : `${fields}${body.slice(1)}`
}

const BODY = fc.oneof(
  { weight: 2, arbitrary: REFUSAL },
  { weight: 8, arbitrary: OBJECT },
  {
    weight: 3,
    arbitrary: OBJECT.map((body) => joined('{"access_token":"at-new","refresh_token":"rt-new",', body)),
  },
  { weight: 1, arbitrary: OBJECT.map((body) => body.slice(0, -1)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['<html>502</html>', '\ufeff{}', '[[[[', 'null', '""', '0', 'access_token=at-form&error='],
      ...['access_token=at-form&refresh_token=rt-form', 'error=invalid_grant', '']
    ),
  }
)

const HEADERS = fc.record({
  'content-type': fc.constantFrom('application/json', 'text/html', 'application/x-www-form-urlencoded', ''),
  'retry-after': fc.constantFrom('', '120', '-1', '1e9', 'soon', 'Wed, 21 Oct 2026 07:28:00 GMT'),
})

const TROUBLE = fc.record({
  sent: fc.boolean(),
  code: fc.constantFrom('connection_refused', 'timeout', 'reset', 'truncated', 'address_refused'),
})

export const tokenAnswers: fc.Arbitrary<GeneratedAnswer> = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 200, 200, 201, 204, 302, 307, 400, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504),
    fc.integer({ min: 200, max: 599 })
  ),
  body: BODY,
  headers: HEADERS,
  trouble: fc.oneof({ weight: 11, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: TROUBLE }),
})

export function toExchange(
  { status, body, headers, trouble }: GeneratedAnswer,
  receivedAt: number
): Exchange {
  if (trouble) return { ok: false, ...trouble, description: null, receivedAt }
  return { ok: true, status, body, headers: new Headers(headers), receivedAt }
}
