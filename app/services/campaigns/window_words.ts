import { reconnectPathOf } from '#services/campaigns/rows'
import type { Refusal, WindowRefused } from '#services/campaigns/types'

interface Words {
  why: string
  advice: keyof typeof ADVICE
  /** A new consent is what helps. */
  reconnect?: true
}

const ASK = 'Ask an admin or an operator.'

/** What helps. Pages say `campaigns.windows.advice.<code>` of the catalogues. */
const ADVICE = {
  grant_new: 'Grant the campaign a new one.',
  resume: `${ASK} They can resume it.`,
  reconnect: 'Reconnect your channel, then grant again.',
  wait_or_reconnect: 'Wait for the next try, or reconnect your channel.',
  later: 'Nothing is wrong with your channel. Try again in a few minutes.',
  later_or_reconnect: 'Try again in a few minutes; if it stays, reconnect your channel.',
  lift: 'Have the suspension lifted there, then grant again.',
  follow: 'Sign in there, follow its instructions, then grant again.',
  not_yours: `This is not your fault. ${ASK}`,
  ask: ASK,
} as const

/** Why a window did not open, for the streamer: by reason, in our words, never in those of a provider. Pages: `campaigns.windows.why`. */
const WORDS: Readonly<Record<string, Words>> = {
  no_window: { why: 'No window is open that could be extended.', advice: 'grant_new' },
  paused: { why: 'Somebody has paused your channel.', advice: 'resume' },
  inactive: {
    why: 'Your channel is switched off, because its access could not be renewed.',
    advice: 'reconnect',
    reconnect: true,
  },
  needs_reauth: { why: 'The access that you gave has ended.', advice: 'reconnect', reconnect: true },
  rejected: {
    why: 'The platform no longer accepts the access that you gave.',
    advice: 'reconnect',
    reconnect: true,
  },
  refresh_retrying: {
    why: 'Renewing the access failed a moment ago, and is tried again.',
    advice: 'wait_or_reconnect',
    reconnect: true,
  },
  disconnected: { why: 'Your channel is disconnected.', advice: 'reconnect', reconnect: true },
  expired: { why: 'The access was renewed, but has ended already.', advice: 'reconnect', reconnect: true },
  expiring: { why: 'The access ends soon and could not be renewed.', advice: 'later' },
  no_refresh_path: {
    why: 'The access to your channel cannot be renewed for so long.',
    advice: 'reconnect',
    reconnect: true,
  },
  unreadable: { why: 'The stored access cannot be read.', advice: 'reconnect', reconnect: true },
  unknown: {
    why: 'The platform gave an answer that we do not understand.',
    advice: 'later_or_reconnect',
    reconnect: true,
  },
  suspended: {
    why: 'The platform has suspended your account.',
    advice: 'lift',
  },
  locked: {
    why: 'The platform waits for you to do something there.',
    advice: 'follow',
  },
  configuration: { why: 'The platform refuses our application.', advice: 'not_yours' },
  quarantine: {
    why: 'Nothing is renewed at the moment, because this may be a copy of the database.',
    advice: 'ask',
  },
  not_sent: { why: 'The platform could not be reached.', advice: 'later' },
  unavailable: { why: 'The platform is in trouble.', advice: 'later' },
  ambiguous: { why: 'The answer of the platform was lost.', advice: 'later' },
  rate_limited: { why: 'The platform asks for patience.', advice: 'later' },
  provider_paused: { why: 'The platform is not being asked at the moment.', advice: 'later' },
  provider_busy: { why: 'Too much is asked of the platform right now.', advice: 'later' },
}

const UNSAID: Words = { why: 'The access could not be renewed.', advice: 'later' }

/** A refusal of a window in words for the streamer. `retryAt`: when another try makes sense, where that is known. */
export function refused(reason: string, connectionId: string, retryAt: number | null = null): WindowRefused {
  const code = Object.hasOwn(WORDS, reason) ? reason : 'unsaid'
  const { why, advice, reconnect } = WORDS[code] ?? UNSAID
  return {
    ok: false,
    ...{ reason, code, why },
    adviceCode: advice,
    advice: ADVICE[advice],
    reconnectPath: reconnect ? reconnectPathOf(connectionId) : null,
    retryAt,
  }
}

/** A refusal that has nothing to do with a token. */
export function refusedBecause({ reason, code, message, field }: Refusal): WindowRefused {
  const advice = reason === 'not_found' ? 'Look at your list of campaigns.' : ''
  return {
    ok: false,
    ...{ reason, code, why: message, advice },
    adviceCode: null,
    ...(field ? { field } : {}),
    reconnectPath: null,
    retryAt: null,
  }
}
