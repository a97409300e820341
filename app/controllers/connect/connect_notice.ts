import type { Failure, Provider } from '#oauth/types'
import type { ConnectResult } from '#services/connect_flow'
import type { Translate } from '#transformers/translate'

export interface Notice {
  tone: 'good' | 'bad' | 'info'
  text: string
}

/** Who is told, in which language. */
export interface Listener {
  t: Translate
  /** Staff are told the provider's code; others could do nothing about it. */
  isStaff: boolean
}

/** A redirect that belongs to no attempt of this browser, or to one that is over. */
export function unknownAttempt(t: Translate): Notice {
  return { tone: 'bad', text: t('connect.unknown_attempt') }
}

/**
 * What happened, in a sentence for the person who connected. The provider's own words stay in the log; its code is told
 * to staff only.
 */
export function connectNotice(provider: Provider, result: ConnectResult, listener: Listener): Notice {
  const { t } = listener
  if (!result.ok) return { tone: 'bad', text: refusal(provider.name, result.step, result.failure, listener) }
  const { saved, name } = result
  if (saved.otherAccount) return { tone: 'info', text: t('connect.done.other_account', { name }) }
  return { tone: 'good', text: t(saved.created ? 'connect.done.new' : 'connect.done.again', { name }) }
}

/** Why nothing could even be begun. */
export function beginNotice(provider: Provider, failure: Failure, { t, isStaff }: Listener): Notice {
  const values = { provider: provider.name, code: failure.code }
  if (failure.class !== 'configuration') return { tone: 'bad', text: t('connect.begin.down', values) }
  return {
    tone: 'bad',
    text: t(isStaff ? 'connect.begin.settings_code' : 'connect.begin.settings', values),
  }
}

const OURS_ALONE = new Set(['provider_mismatch', 'state_mismatch', 'issuer_mismatch', 'missing_code'])

/** Sentences that name the provider's code to staff. */
const WITH_CODE = new Set(['identity', 'other'])

/** Sentences by the class of the failure. */
const BY_CLASS: Readonly<Record<string, string>> = {
  ...{ rate_limited: 'rate_limited', rejected: 'rejected', suspended: 'suspended' },
  ...{ not_sent: 'down', unavailable: 'down', ambiguous: 'down' },
}

function refusal(
  provider: string,
  step: 'redirect' | 'exchange' | 'identity',
  failure: Failure,
  { t, isStaff }: Listener
): string {
  const key = reasonOf(step, failure, isStaff)
  const suffix = isStaff && WITH_CODE.has(key) ? '_code' : ''
  return t(`connect.refused.${key}${suffix}`, { provider, code: failure.code })
}

function reasonOf(step: 'redirect' | 'exchange' | 'identity', failure: Failure, isStaff: boolean): string {
  if (failure.code === 'access_denied') return 'declined'
  if (step === 'identity') return 'identity'
  if (OURS_ALONE.has(failure.code)) return 'mismatch'
  if (failure.class === 'configuration') return isStaff ? 'client_staff' : 'client'
  return BY_CLASS[failure.class] ?? 'other'
}
