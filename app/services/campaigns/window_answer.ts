/** How a program is told that a window did not open, in the words that reads of tokens use, too (SPEC §5.3). */
export interface WindowAnswer {
  status: 409 | 429 | 503
  code: string
}

const RECONNECT: WindowAnswer = { status: 409, code: 'reauth_required' }
const ACT: WindowAnswer = { status: 409, code: 'action_required' }
const AWAY: WindowAnswer = { status: 503, code: 'provider_unavailable' }
const PATIENCE: WindowAnswer = { status: 429, code: 'rate_limited' }
/** Whatever is not named below may be better in a moment. */
const AGAIN: WindowAnswer = { status: 503, code: 'refresh_retrying' }

const ANSWERS: Readonly<Record<string, WindowAnswer>> = {
  needs_reauth: RECONNECT,
  rejected: RECONNECT,
  disconnected: RECONNECT,
  expired: RECONNECT,
  inactive: RECONNECT,
  no_refresh_path: RECONNECT,
  suspended: { status: 409, code: 'account_suspended' },
  paused: ACT,
  locked: ACT,
  configuration: AWAY,
  quarantine: AWAY,
  provider_paused: AWAY,
  unavailable: AWAY,
  not_sent: AWAY,
  rate_limited: PATIENCE,
  provider_busy: PATIENCE,
}

/** What to answer where a refresh or a check gave this reason. 409: only a person can help; else time may. */
export function windowAnswer(reason: string): WindowAnswer {
  return Object.hasOwn(ANSWERS, reason) ? ANSWERS[reason] : AGAIN
}
