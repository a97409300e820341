import { cleanText } from '#oauth/clean_text'
import type { Letter } from '#services/letters/letters'

/** What the letter says, in the reader's language. */
export interface ReconnectWords {
  organization: string
  account: string
  provider: string
  until: string
  link: string
  locale: string
  t: (key: string, values?: Record<string, unknown>) => string
}

/** Longer names would push the sentence out of a subject. */
const LONGEST_NAME = 80

/** Asks the owner of an account to renew its grant. It holds nothing secret but the link. */
export function reconnectLetter(given: ReconnectWords, appUrl: string): Letter {
  const { t, link, locale, until } = given
  const [organization, account, provider] = [given.organization, given.account, given.provider].map((name) =>
    cleanText(name, LONGEST_NAME)
  )
  const named = { organization, account, provider }
  return {
    locale,
    words: {
      title: t('connect.letter.title', named),
      body: t('connect.letter.body', named),
      lines: [],
      link,
      action: t('connect.letter.action'),
    },
    frame: {
      severity: 'normal',
      label: t('connect.letter.label'),
      organization,
      copy: t('connect.letter.copy'),
      reason: t('connect.letter.reason', named),
      change: { link: appUrl, label: appUrl },
      sent: t('connect.letter.until', { until }),
    },
  }
}
