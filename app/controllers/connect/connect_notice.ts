import type { Failure, Provider } from '#oauth/types'
import type { ConnectResult } from '#services/connect_flow'

export interface Notice {
  tone: 'good' | 'bad' | 'info'
  text: string
}

/** A redirect that belongs to no attempt of this browser, or to one that is over. */
export const UNKNOWN_ATTEMPT: Notice = {
  tone: 'bad',
  text: 'This connection attempt is unknown, too old or already used. Nothing was connected; start again.',
}

/**
 * What happened, in a sentence for the person who connected. The provider's own words stay in the log; its code is told
 * to staff only, since a streamer can do nothing about it.
 */
export function connectNotice(provider: Provider, result: ConnectResult, isStaff = true): Notice {
  if (!result.ok) return { tone: 'bad', text: refusal(provider.name, result.step, result.failure, isStaff) }
  const { saved, name } = result
  if (saved.otherAccount) {
    const text = `You came back with another account, ${name}. It is connected as an account of its own; the one you meant to reconnect was left as it was.`
    return { tone: 'info', text }
  }
  return { tone: 'good', text: `${name} is ${saved.created ? 'connected' : 'connected again'}.` }
}

/** Why nothing could even be begun. */
export function beginNotice(provider: Provider, failure: Failure, isStaff = true): Notice {
  const text =
    failure.class === 'configuration'
      ? `${provider.name} cannot be connected with its present settings${told(failure, isStaff)}.`
      : `${provider.name} does not answer at the moment. Try again in a few minutes.`
  return { tone: 'bad', text }
}

const told = ({ code }: Failure, isStaff: boolean) => (isStaff ? ` (${code})` : '')

function refusal(
  name: string,
  step: 'redirect' | 'exchange' | 'identity',
  failure: Failure,
  isStaff: boolean
): string {
  if (failure.code === 'access_denied') return `You declined at ${name}. Nothing was connected.`
  if (step === 'identity') {
    return `${name} did not tell which account this is${told(failure, isStaff)}. Nothing was connected; try again.`
  }
  if (OURS_ALONE.has(failure.code)) {
    return `The answer of ${name} does not belong to this attempt. Nothing was connected; start again.`
  }
  switch (failure.class) {
    case 'configuration':
      return isStaff
        ? `${name} refuses our client registration (${failure.code}). Check client id, secret and redirect URL.`
        : `${name} refuses our application. This is not your fault; ask an admin or an operator.`
    case 'rate_limited':
      return `${name} asks us to slow down. Nothing was connected; try again in a few minutes.`
    case 'rejected':
      return `${name} did not accept the code; it may have expired. Nothing was connected; start again.`
    case 'suspended':
      return `${name} says that this account is suspended. Nothing was connected.`
    case 'not_sent':
    case 'unavailable':
    case 'ambiguous':
      return `${name} does not answer at the moment. Nothing was connected; try again in a few minutes.`
    default:
      return `${name} refused${told(failure, isStaff)}. Nothing was connected.`
  }
}

const OURS_ALONE = new Set(['provider_mismatch', 'state_mismatch', 'issuer_mismatch', 'missing_code'])
