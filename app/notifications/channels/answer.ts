import { describeForOperator } from '#oauth/clean_text'
import { readRetryAfter } from '#oauth/retry_after'
import { Secret } from '#oauth/secret'
import type { Exchange } from '#oauth/types'
import type { Receipt } from '#notifications/types'

export type Answer = Extract<Exchange, { ok: true }>

/** What a service says in its own way. */
export interface AnswerRules {
  /** The receiver is no more. */
  isGone: (answer: Answer) => boolean
  /** This very message will never be taken. */
  isRefused?: (answer: Answer) => boolean
  /** A wait in milliseconds that stands elsewhere than in `Retry-After`. */
  waitOf?: (answer: Answer) => number | null
}

const LONGEST_ANSWER = 500
/** Shorter paths stand in ordinary words, too. */
const TELLING = 8

/**
 * Judges what a receiver answered. Any 2xx is a delivery (Standard Webhooks, "Delivery"); a redirect is none, since
 * nobody checked where it leads. What we know the receiver's address by is struck out of its words.
 */
export function judgeAnswer(exchange: Exchange, url: Secret, rules: AnswerRules): Receipt {
  if (!exchange.ok)
    return { type: 'later', retryAfter: null, status: null, code: exchange.code, answer: null }
  const { status } = exchange
  const answer = quoted(exchange.body, url)
  if (status >= 200 && status < 300) return { type: 'delivered', status, code: null, answer }
  const code = status >= 300 && status < 400 ? 'redirected' : `http_${status}`
  if (rules.isGone(exchange)) return { type: 'gone', status, code, answer }
  if (rules.isRefused?.(exchange)) return { type: 'refused', alarm: false, status, code, answer }
  return { type: 'later', retryAfter: waitOf(exchange, rules), status, code, answer }
}

function waitOf(answer: Answer, rules: AnswerRules): number | null {
  if (answer.status !== 429 && answer.status !== 503) return null
  const told = readRetryAfter(answer.headers.get('retry-after'), answer.receivedAt)
  const own = rules.waitOf?.(answer) ?? null
  return told === null && own === null ? null : Math.max(told ?? 0, own ?? 0)
}

function quoted(body: string, url: Secret): string | null {
  const { pathname, search } = new URL(url.reveal())
  const parts = [pathname, `${pathname}${search}`].filter((part) => part.length >= TELLING)
  const words = describeForOperator(
    body,
    parts.map((part) => new Secret(part))
  )
  return words && words.slice(0, LONGEST_ANSWER).toWellFormed()
}
