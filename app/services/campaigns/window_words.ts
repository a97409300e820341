import { reconnectPathOf } from '#services/campaigns/rows'
import type { Refusal, WindowRefused } from '#services/campaigns/types'

interface Words {
  why: string
  advice: string
  /** A new consent is what helps. */
  reconnect?: true
}

const LATER = 'Nothing is wrong with your channel. Try again in a few minutes.'
const RECONNECT = 'Reconnect your channel, then grant again.'
const ASK = 'Ask an admin or an operator.'

/** Why a window did not open, for the streamer: by reason, in our words, never in those of a provider. */
const WORDS: Readonly<Record<string, Words>> = {
  no_window: { why: 'No window is open that could be extended.', advice: 'Grant the campaign a new one.' },
  paused: { why: 'Somebody has paused your channel.', advice: `${ASK} They can resume it.` },
  inactive: {
    why: 'Your channel is switched off, because its access could not be renewed.',
    advice: RECONNECT,
    reconnect: true,
  },
  needs_reauth: { why: 'The access that you gave has ended.', advice: RECONNECT, reconnect: true },
  rejected: {
    why: 'The platform no longer accepts the access that you gave.',
    advice: RECONNECT,
    reconnect: true,
  },
  refresh_retrying: {
    why: 'Renewing the access failed a moment ago, and is tried again.',
    advice: 'Wait for the next try, or reconnect your channel.',
    reconnect: true,
  },
  disconnected: { why: 'Your channel is disconnected.', advice: RECONNECT, reconnect: true },
  expired: { why: 'The access was renewed, but has ended already.', advice: RECONNECT, reconnect: true },
  expiring: { why: 'The access ends soon and could not be renewed.', advice: LATER },
  no_refresh_path: {
    why: 'The access to your channel cannot be renewed for so long.',
    advice: RECONNECT,
    reconnect: true,
  },
  unreadable: { why: 'The stored access cannot be read.', advice: RECONNECT, reconnect: true },
  unknown: {
    why: 'The platform gave an answer that we do not understand.',
    advice: 'Try again in a few minutes; if it stays, reconnect your channel.',
    reconnect: true,
  },
  suspended: {
    why: 'The platform has suspended your account.',
    advice: 'Have the suspension lifted there, then grant again.',
  },
  locked: {
    why: 'The platform waits for you to do something there.',
    advice: 'Sign in there, follow its instructions, then grant again.',
  },
  configuration: { why: 'The platform refuses our application.', advice: `This is not your fault. ${ASK}` },
  quarantine: {
    why: 'Nothing is renewed at the moment, because this may be a copy of the database.',
    advice: ASK,
  },
  not_sent: { why: 'The platform could not be reached.', advice: LATER },
  unavailable: { why: 'The platform is in trouble.', advice: LATER },
  ambiguous: { why: 'The answer of the platform was lost.', advice: LATER },
  rate_limited: { why: 'The platform asks for patience.', advice: LATER },
  provider_paused: { why: 'The platform is not being asked at the moment.', advice: LATER },
  provider_busy: { why: 'Too much is asked of the platform right now.', advice: LATER },
}

const UNSAID: Words = { why: 'The access could not be renewed.', advice: LATER }

/** A refusal of a window in words for the streamer. `retryAt`: when another try makes sense, where that is known. */
export function refused(reason: string, connectionId: string, retryAt: number | null = null): WindowRefused {
  const { why, advice, reconnect } = Object.hasOwn(WORDS, reason) ? WORDS[reason] : UNSAID
  return {
    ok: false,
    reason,
    why,
    advice,
    reconnectPath: reconnect ? reconnectPathOf(connectionId) : null,
    retryAt,
  }
}

/** A refusal that has nothing to do with a token. */
export function refusedBecause({ reason, message, field }: Refusal): WindowRefused {
  const advice = reason === 'not_found' ? 'Look at your list of campaigns.' : ''
  return {
    ok: false,
    reason,
    why: message,
    advice,
    ...(field ? { field } : {}),
    reconnectPath: null,
    retryAt: null,
  }
}
