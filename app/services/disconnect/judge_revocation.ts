import { readAnswer, reportsError } from '#oauth/answer'
import { classifyFailure } from '#oauth/classify_failure'
import { at } from '#oauth/own'
import { Secret } from '#oauth/secret'
import type { Exchange, Failure, OutgoingRequest, Provider } from '#oauth/types'

/** What an answer to a revocation means: the token is dead, or it may still live and this is why. */
export type Verdict = { type: 'dead' } | { type: 'lives'; failure: Failure }

/** Some providers refuse to end what is no token any more; RFC 7009 §2.2 calls that a success. */
const DEAD_ALREADY =
  /\binvalid[_ ](?:(?:access|refresh|oauth)[_ ])?token\b|\btoken[_ ](?:(?:is|was|has been) )?(?:invalid|inactive|expired|revoked|not found)\b/i

/**
 * Judges the answer of a revocation endpoint (RFC 7009 §2.2). A success counts whatever its body holds, unless that
 * says itself that it is none; a 503 means that the token still lives. Pure.
 */
export function judgeRevocation(
  provider: Provider,
  { headers }: Pick<OutgoingRequest, 'headers'>,
  exchange: Exchange,
  token: Secret
): Verdict {
  if (exchange.ok && exchange.status >= 200 && exchange.status < 300 && !deniesItself(provider, exchange)) {
    return { type: 'dead' }
  }
  // Where the token itself is the proof, a 401 speaks of it; where our client proves itself, of our client.
  const { authorization } = headers
  const isBearer = authorization instanceof Secret && authorization.reveal() === `Bearer ${token.reveal()}`
  const failure = classifyFailure(provider, exchange, isBearer ? 'account' : 'token', [token])
  if (failure.class === 'rejected' || isDeadAlready(failure)) return { type: 'dead' }
  return { type: 'lives', failure }
}

function deniesItself(provider: Provider, exchange: Extract<Exchange, { ok: true }>): boolean {
  const answer = readAnswer(exchange)
  if (answer.kind !== 'object') return false
  return reportsError(answer.body, provider.responsePaths) || at(answer.body, 'success') === false
}

function isDeadAlready({ status, code, description }: Failure): boolean {
  if (status === null || status >= 500 || status === 429) return false
  return DEAD_ALREADY.test(code) || DEAD_ALREADY.test(description ?? '')
}
