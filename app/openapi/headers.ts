import { count, words } from '#transformers/api_schema'

const number = (description: string, required = true) => ({ description, required, schema: count })

/** The headers of answers, by name. */
export const HEADERS = {
  'X-Request-Id': { description: 'What the log has this call under.', required: true, schema: words },
  'X-RateLimit-Limit': number('How often the key may ask in a minute.'),
  'X-RateLimit-Remaining': number('How often it still may in this minute.'),
  'X-RateLimit-Reset': number('Seconds until the next minute begins.'),
  'Retry-After': number('Seconds after which asking again makes sense.'),
  'WWW-Authenticate': { description: 'RFC 6750 §3.', required: true, schema: words },
  'Location': { description: 'Where it can be looked at.', required: true, schema: words },
  'Idempotency-Replayed': {
    description: '`true` where the answer repeats that of an earlier request with the same key.',
    required: false,
    schema: words,
  },
} as const
export type HeaderName = keyof typeof HEADERS
