import { REFUSAL_LIMITS, type RefusalCode } from '#services/campaigns/refusals'
import type { UnhealthyMember, WindowRefused } from '#services/campaigns/types'
import { adviceOn } from '#services/verification/advice'
import type { Translate } from '#transformers/translate'

/** Why something was not done, in the reader's language. */
export function refusalWords(code: RefusalCode, t: Translate): string {
  return t(`campaigns.refusals.${code}`, REFUSAL_LIMITS)
}

/** Why a window did not open or was not changed, and what helps, for the streamer: our words, never a provider's. */
export function windowWords({ code, reason, adviceCode }: WindowRefused, t: Translate) {
  if (adviceCode !== null) {
    return {
      message: t(`campaigns.windows.why.${code}`),
      advice: t(`campaigns.windows.advice.${adviceCode}`),
    }
  }
  const advice = reason === 'not_found' ? t('campaigns.refusals.look') : ''
  return { message: refusalWords(code as RefusalCode, t), advice }
}

/** What helps against each reason that keeps a member from a session: keys of `campaigns.troubles.advice`. */
const HELP = {
  no_window: 'ask_grant',
  window_closed: 'ask_again',
  not_found: 'connect',
  paused: 'resume',
  disconnected: 'reconnect',
  no_provider: 'define',
  expired: 'refresh',
  expiring: 'soon',
  rejected: 'reconnect',
  needs_reauth: 'reconnect',
  inactive: 'reactivate',
  no_refresh_path: 'reconnect',
  refresh_retrying: 'wait_or_refresh',
  unreadable: 'key',
  unknown: 'look_up',
  suspended: 'lift',
  locked: 'sign_in',
  other_account: 'reconnect',
  other_client: 'check_client',
  configuration: 'check_registration',
  not_sent: 'wait',
  unavailable: 'wait',
  ambiguous: 'wait',
  rate_limited: 'wait',
  provider_paused: 'wait',
  provider_busy: 'wait',
  quarantine: 'quarantine',
  unsaid: 'wait',
} as const

/** The reasons that have words of their own. */
export const TROUBLES = Object.keys(HELP)

/**
 * Why a member keeps a session from starting, and what helps. What a provider itself asks of a person stays in the
 * provider's words.
 */
export function troubleWords({ reason, advice }: Pick<UnhealthyMember, 'reason' | 'advice'>, t: Translate) {
  const code = Object.hasOwn(HELP, reason) ? (reason as keyof typeof HELP) : 'unsaid'
  const isProviders = code === 'locked' && advice !== adviceOn({ reason, instruction: null }).action
  return {
    why: t(`campaigns.troubles.why.${code}`),
    advice: isProviders ? advice : t(`campaigns.troubles.advice.${HELP[code]}`),
  }
}

/** Members in trouble in the reader's language. */
export function inWords<T extends UnhealthyMember>(members: readonly T[], t: Translate): T[] {
  return members.map((member) => ({ ...member, ...troubleWords(member, t) }))
}
