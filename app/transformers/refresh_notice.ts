import { FAILURE_CLASSES } from '#oauth/types'
import type { RefreshOutcome } from '#token_refresh/types'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

/** One sentence for the flash area. */
export interface Notice {
  tone: 'good' | 'bad' | 'plain'
  text: string
  /** The page of the event that tells more; of what went wrong, the entry of the audit trail where nothing else is named. */
  event?: string
}

/** What the notice is said with, at a moment in milliseconds. */
export interface Speech {
  t: Translate
  words: Pick<TimeWords, 'span' | 'until'>
  now: number
}

/** After these nothing is wrong with the account, or what is wrong is no fault of this try. */
const NOTHING_DONE = new Set([
  ...['not_extended', 'too_young', 'superseded', 'paused', 'inactive', 'no_refresh_path', 'provider_paused'],
  ...['provider_busy', 'quarantine', 'stopping', 'not_found'],
])
const FAILURES = new Set<string>([...FAILURE_CLASSES, 'abandoned'])

/** Says how a refresh that a person asked for went. */
export function refreshNotice(outcome: RefreshOutcome, { t, words, now }: Speech): Notice {
  const { status, reason, newExpiresAt, retryAt, attemptId } = outcome
  if (status === 'refreshed') {
    const text =
      newExpiresAt === null
        ? t('account.refreshed.endless')
        : t('account.refreshed.for', { length: words.span(newExpiresAt - now) })
    return { tone: 'good', text }
  }
  const again = retryAt === null ? [] : [t('account.refreshed.again', { when: words.until(retryAt, now) })]
  const say = (text: string) => [text, ...again].join(t('account.refreshed.between'))
  if (NOTHING_DONE.has(reason)) return { tone: 'plain', text: say(t(`account.refreshed.nothing.${reason}`)) }
  const why = FAILURES.has(reason) ? t(`account.failures.${reason}`) : reason.replaceAll('_', ' ')
  const key = status === 'failed' ? 'account.refreshed.failed' : 'account.refreshed.none'
  const event = attemptId === null ? undefined : `/activity/${attemptId}`
  return { tone: 'bad', text: say(t(key, { why })), event }
}

/** Another process, or another person, is at it at this very moment: that is no error. */
export function busyNotice(
  { seconds, worker }: { seconds: number; worker: string | null },
  t: Translate
): Notice {
  const text =
    worker === null
      ? t('account.refreshed.busy', { seconds })
      : t('account.refreshed.busy_elsewhere', { seconds, worker })
  return { tone: 'plain', text }
}
