import { cleanText } from '#oauth/clean_text'
import type { Letter } from '#services/letters/letters'

/** An account whose grant is to be renewed, and the link that does it. */
export interface NamedLink {
  account: string
  provider: string
  link: string
}

/** What the letter says, in the reader's language. */
export interface ReconnectWords {
  organization: string
  /** One at least. */
  accounts: readonly NamedLink[]
  /** Until when each of the links works. */
  until: string
  /** Where this installation is. */
  appUrl: string
  locale: string
  t: (key: string, values?: Record<string, unknown>) => string
}

/** Longer names would push the sentence out of a subject. */
const LONGEST_NAME = 80

/** Asks the owner of one account or several to renew their grants. It holds nothing secret but the links. */
export function reconnectLetter({ appUrl, ...given }: ReconnectWords): Letter {
  const { t, locale, until } = given
  const organization = cleanText(given.organization, LONGEST_NAME)
  const accounts = given.accounts.map(({ account, provider, link }) => {
    return { account: cleanText(account, LONGEST_NAME), provider: cleanText(provider, LONGEST_NAME), link }
  })
  const isOne = accounts.length === 1
  const [{ link, ...first }] = accounts
  const named = { organization, ...first, count: accounts.length }
  const links = accounts.map((one) => ({ label: t('connect.letter.one_of_many', one), link: one.link }))
  return {
    locale,
    words: {
      title: t(isOne ? 'connect.letter.title' : 'connect.letter.many_title', named),
      body: t(isOne ? 'connect.letter.body' : 'connect.letter.many_body', named),
      lines: [],
      link,
      action: t('connect.letter.action'),
      ...(isOne ? {} : { links }),
    },
    frame: {
      severity: 'normal',
      label: t('connect.letter.label'),
      organization,
      copy: t('connect.letter.copy'),
      reason: t(isOne ? 'connect.letter.reason' : 'connect.letter.many_reason', named),
      change: { link: appUrl, label: appUrl },
      sent: t(isOne ? 'connect.letter.until' : 'connect.letter.many_until', { until }),
    },
  }
}
