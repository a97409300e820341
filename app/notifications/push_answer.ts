import { describeForOperator } from '#oauth/clean_text'
import { readRetryAfter } from '#oauth/retry_after'
import type { Secret } from '#oauth/secret'
import type { Exchange } from '#oauth/types'
import type { Receipt } from '#notifications/types'

/** What no repetition would change: the address itself is not one that we send to. */
const HOPELESS = ['address_refused', 'insecure_url', 'invalid_request']

/** So much of an answer is kept. */
const KEPT = 500

type Answered = Extract<Exchange, { ok: true }>

/**
 * What a push service's answer means (RFC 8030 §5, §8.4; RFC 8292 §4.2). A subscription that is unknown or has ended is
 * gone. A request or a key that is refused is our own fault, so operators hear of it; what is overloaded or cannot be
 * reached gets the message later. `secrets` never appear in what is kept of the answer.
 */
export function judgePushAnswer(exchange: Exchange, secrets: readonly Secret[]): Receipt {
  if (!exchange.ok) return unanswered(exchange.code)
  const { status, body } = exchange
  const told = describeForOperator(body, secrets)?.slice(0, KEPT).toWellFormed() ?? null
  const about = (code: string | null) => ({ status, code, answer: told })
  if (status >= 200 && status < 300) return { type: 'delivered', ...about(null) }
  if (status === 404 || status === 410) return { type: 'gone', ...about('subscription_gone') }
  if (status === 401 || status === 403) return { type: 'refused', alarm: true, ...about('vapid_refused') }
  if (status === 400) return { type: 'refused', alarm: true, ...about('bad_request') }
  if (status === 413) return { type: 'refused', alarm: false, ...about('too_large') }
  const code = passing(status)
  if (code) return { type: 'later', retryAfter: waitOf(exchange), ...about(code) }
  const odd = status >= 300 && status < 400 ? 'redirected' : 'unexpected_answer'
  return { type: 'refused', alarm: false, ...about(odd) }
}

// 406 is how Windows' service says that it is being asked too often.
function passing(status: number): string | null {
  if (status === 429 || status === 406) return 'rate_limited'
  return status >= 500 || status === 408 || status === 425 ? 'unavailable' : null
}

function waitOf({ headers, receivedAt }: Answered): number | null {
  return readRetryAfter(headers.get('retry-after'), receivedAt)
}

function unanswered(code: string): Receipt {
  const about = { status: null, code, answer: null }
  if (HOPELESS.includes(code)) return { type: 'refused', alarm: false, ...about }
  return { type: 'later', retryAfter: null, ...about }
}
