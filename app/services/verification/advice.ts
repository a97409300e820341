import type { Verification } from '#services/verification/verification'

/** Why an account cannot be used and what to do about it, in words for people. */
export interface Advice {
  why: string
  action: string
}

const RECONNECT = 'Reconnect the account.'
const WAIT = 'Wait a little and check again; nothing has been decided about the account.'

const ADVICE: Readonly<Record<string, Advice>> = {
  not_found: { why: 'There is no such connection.', action: 'Connect the account.' },
  paused: { why: 'Somebody paused the account.', action: 'Resume it.' },
  disconnected: { why: 'The account was disconnected.', action: RECONNECT },
  no_provider: { why: 'Its provider is no longer defined here.', action: 'Define the provider again.' },
  expired: { why: 'The token has expired.', action: 'Refresh it, or reconnect the account.' },
  expiring: { why: 'The token ends soon and could not be renewed.', action: 'Check again in a few minutes.' },
  rejected: { why: 'The provider refuses the token.', action: RECONNECT },
  needs_reauth: { why: 'The grant has ended.', action: RECONNECT },
  inactive: { why: 'The account is switched off.', action: 'Reactivate it, or reconnect it.' },
  no_refresh_path: { why: 'The token cannot be renewed.', action: RECONNECT },
  refresh_retrying: {
    why: 'A refresh failed; the next try is planned.',
    action: 'Wait for it, or refresh by hand.',
  },
  unreadable: {
    why: 'The stored token cannot be decrypted.',
    action: 'Put the key back that sealed it, or reconnect the account.',
  },
  unknown: {
    why: 'The provider gave an answer that nobody knows.',
    action: 'Look its code up, or reconnect the account.',
  },
  suspended: {
    why: 'The provider has suspended the account.',
    action: 'Have the suspension lifted at the provider.',
  },
  locked: {
    why: 'The provider waits for the person.',
    action: 'Sign in at the provider and follow its instructions.',
  },
  other_account: { why: 'The stored token belongs to another account.', action: RECONNECT },
  other_client: {
    why: 'The stored token was issued to another client.',
    action: 'Check the client id of the provider, or reconnect the account.',
  },
  configuration: {
    why: 'The provider refuses the way in which we ask.',
    action: 'Check the client id, the secret and the scopes of the provider.',
  },
  not_sent: { why: 'The provider could not be reached.', action: WAIT },
  unavailable: { why: 'The provider is in trouble.', action: WAIT },
  ambiguous: { why: 'The answer of the provider was lost.', action: WAIT },
  rate_limited: { why: 'The provider asks for patience.', action: WAIT },
  provider_paused: { why: 'The provider is paused.', action: WAIT },
  provider_busy: { why: 'Too much is asked of the provider right now.', action: WAIT },
  quarantine: {
    why: 'Nothing is refreshed, because this database may be a copy.',
    action: 'Lift the quarantine if it is not.',
  },
}

/** What to tell people of a verification that did not go well. The provider's own instruction comes first. */
export function adviceOn({ reason, instruction }: Pick<Verification, 'reason' | 'instruction'>): Advice {
  const known = Object.hasOwn(ADVICE, reason)
    ? ADVICE[reason]
    : { why: 'The check came to nothing.', action: WAIT }
  return instruction ? { ...known, action: instruction } : known
}
