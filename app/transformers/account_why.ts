import type { Health } from '#services/connection_health'
import type { ClosedGate } from '#services/provider_facts'

/** What the explanation depends on. */
export interface WhyInput {
  health: Health
  status: string
  reason: string | null
  provider: string
  gate: ClosedGate | null
  firstStrike: boolean
  inDoubt: boolean
  hasRefreshToken: boolean
  /** The grant itself ends within two weeks. */
  endsSoon: boolean
  /** The account that this one's token derives from, where that one needs a person. */
  deadParent: { id: string; name: string } | null
}

/** Why an account is not healthy: the cause, what happens by itself, and what a person has to do. */
export interface Why {
  cause: string
  next: string
  person: string | null
  /** Where it can be mended, if that is another page. */
  link?: { href: string; label: string }
}

/** Explains a health word in plain sentences; null where there is nothing to explain. */
export function accountWhy(input: WhyInput): Why | null {
  switch (input.health) {
    case 'healthy':
      return input.reason === 'not_extended' ? NOT_EXTENDED : input.endsSoon ? ENDS_SOON : null
    case 'refreshing':
      return null
    case 'paused':
      return {
        cause: 'Somebody paused this account.',
        next: 'Its token is not refreshed and will run out.',
        person: 'Resume it when it should be kept alive again.',
      }
    case 'due':
      if (input.reason === 'not_extended') return NOT_EXTENDED
      return {
        cause: 'The token is inside its refresh window.',
        next: 'The next sweep refreshes it.',
        person: null,
      }
    case 'static':
      return whyStatic(input)
    case 'retrying':
      return input.gate ? whyGate(input, input.gate) : whyRetrying(input)
    case 'reconnect':
      return input.deadParent ? whyParent(input.deadParent) : whyReconnect(input)
  }
}

const NOT_EXTENDED: Why = {
  cause: 'The provider answered the last exchange, but the token lives no longer than before.',
  next: 'It is exchanged once a day until its end.',
  person: 'Reconnect the account before the deadline of its grant; nothing else can prolong it.',
}

const ENDS_SOON: Why = {
  cause: 'Refreshing goes well, but the grant itself ends within two weeks.',
  next: 'Tokens are refreshed until then. Afterwards the provider refuses.',
  person: 'Reconnect the account before the deadline.',
}

function whyParent({ id, name }: { id: string; name: string }): Why {
  return {
    cause: `The token of this account comes from another account, ${name}, which has to be reconnected.`,
    next: 'Nothing is refreshed until somebody acts.',
    person: `Reconnect ${name}; this account follows by itself.`,
    link: { href: `/accounts/${id}`, label: name },
  }
}

function whyStatic({ provider, hasRefreshToken }: WhyInput): Why {
  const cause = hasRefreshToken
    ? `${provider} offers no way to refresh this kind of token.`
    : `${provider} granted no refresh token for this account.`
  return { cause, next: 'Nothing is refreshed.', person: 'Reconnect the account before its token ends.' }
}

function whyGate({ provider }: WhyInput, gate: ClosedGate): Why {
  const everybody = `All accounts at ${provider} wait; their grants are not touched.`
  if (gate.reason === 'configuration') {
    return {
      cause: `${provider} rejects our own client registration.`,
      next: `${everybody} A single request tries again from time to time.`,
      person: 'Correct the client id and client secret in the environment, then restart.',
    }
  }
  if (gate.reason === 'rate_limited') {
    return { cause: `${provider} asked us to slow down.`, next: everybody, person: null }
  }
  const next = `${everybody} Refreshing goes on by itself when ${provider} is back.`
  return { cause: `${provider} is not answering properly at the moment.`, next, person: null }
}

const RETRY_CAUSES: Readonly<Record<string, string>> = {
  rejected: 'refused the refresh token once. One refusal proves nothing, so a second try follows.',
  unknown: 'answered with an error that Evergrant does not know. A second try follows.',
  not_sent: 'could not be reached.',
  unavailable: 'answered that it cannot work at the moment.',
  rate_limited: 'asked us to slow down.',
  configuration: 'rejected our own client registration.',
}

function whyRetrying({ provider, reason, inDoubt, firstStrike }: WhyInput): Why {
  const next = firstStrike
    ? 'If the second try fails soon after the first, refreshing stops and the people concerned are told.'
    : 'It is tried again by itself.'
  if (reason === 'unreadable') {
    const cause = 'The stored token cannot be decrypted with the keys in ENCRYPTION_KEYS.'
    return { cause, next, person: 'Add the key that sealed it back to ENCRYPTION_KEYS, then restart.' }
  }
  if (inDoubt || reason === 'ambiguous') {
    const cause = `A refresh request went to ${provider}, but no answer came back.`
    return { cause, next: `Nobody knows yet whether ${provider} renewed the token. ${next}`, person: null }
  }
  const known = RETRY_CAUSES[reason ?? '']
  return { cause: known ? `${provider} ${known}` : 'The last refresh failed.', next, person: null }
}

const RECONNECT_CAUSES: Readonly<Record<string, [cause: string, person: string]>> = {
  lost_answer: [
    'The answer to a refresh was lost on its way, and the old token is spent: this grant cannot be saved.',
    'Reconnect the account.',
  ],
  rejected: [
    'The provider refused the refresh token again: the grant is dead, most likely revoked.',
    'Reconnect the account.',
  ],
  page_gone: [
    'The account that its token comes from does not list it any more: it was removed there, or the permission was.',
    'Give the permission back at the provider, then refresh or reconnect that account; this one follows by itself.',
  ],
  suspended: [
    'The provider says that this account is suspended.',
    'Have the suspension lifted at the provider, then reconnect the account.',
  ],
  locked: [
    'The provider wants the owner of the account to do something there first.',
    'Do what the provider asks for, then reactivate the account.',
  ],
  unreadable: [
    'The stored token cannot be decrypted with the keys in ENCRYPTION_KEYS.',
    'Add the key that sealed it back and reactivate the account, or reconnect it.',
  ],
  unknown: [
    'The provider keeps answering with an error that Evergrant does not know.',
    'Look the code up in the provider’s documentation; reconnecting helps in most cases.',
  ],
  disconnected: ['This account was disconnected.', 'Reconnect it if it should be used again.'],
  inactive: ['Refreshing is switched off for this account.', 'Reactivate it, or reconnect it.'],
}

function whyReconnect({ status, reason }: WhyInput): Why {
  const byStatus: Record<string, string> = {
    suspended: 'suspended',
    disconnected: 'disconnected',
    needs_reauth: 'rejected',
  }
  const key =
    reason && reason in RECONNECT_CAUSES
      ? reason
      : (byStatus[status] ?? (status === 'error' ? 'unknown' : 'inactive'))
  const [cause, person] = RECONNECT_CAUSES[key]
  return { cause, next: 'Nothing is refreshed until somebody acts.', person }
}
