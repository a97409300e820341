import type { Secret } from '#oauth/secret'
import type { Letter } from '#services/letters/letters'

/** The letter's words, in the reader's language, and the link. */
export interface InvitationWords {
  organization: string
  inviter: string
  role: string
  until: string
  link: Secret
  locale: string
  t: (key: string, values?: Record<string, unknown>) => string
}

/** The letter of an invitation. Where it cannot be sent, whoever invites is shown the link. */
export function invitationLetter(
  { t, locale, link, organization, ...values }: InvitationWords,
  appUrl: string
): Letter {
  const named = { organization, ...values }
  return {
    locale,
    words: {
      title: t('people.letter.title', named),
      body: t('people.letter.body', named),
      lines: [],
      link: link.reveal(),
      action: t('people.letter.action'),
    },
    frame: {
      severity: 'normal',
      label: t('people.letter.label'),
      organization,
      copy: t('people.letter.copy'),
      reason: t('people.letter.reason', named),
      change: { link: appUrl, label: appUrl },
      sent: t('people.letter.until', named),
    },
  }
}
