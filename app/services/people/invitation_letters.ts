import type { MailManager } from '@adonisjs/mail'
import type { Secret } from '#oauth/secret'
import type { Invitation } from '#services/people/invitation_service'

/** What became of a letter. Whatever it was, the link is also shown to whoever invites. */
export type LetterOutcome = 'sent' | 'failed' | 'not_configured'

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

interface Options {
  /** Which mailers there are is for the configuration to say, and unknown to the types. */
  mail: Pick<MailManager<never>, 'send'> & { config: { mailers: object } }
  appUrl: string
  /** How long handing a letter over may take in all, in milliseconds. */
  timeout: number
  onTrouble: (error: unknown) => void
}

/** Sends the links of invitations by e-mail, where a mail server is configured. */
export class InvitationLetters {
  constructor(private readonly options: Options) {}

  async send({ email }: Invitation, words: InvitationWords): Promise<LetterOutcome> {
    const { mail, timeout, onTrouble } = this.options
    if (Object.keys(mail.config.mailers).length === 0) return 'not_configured'
    const view = this.#view(words)
    const handedOver = mail.send((letter) => {
      letter.to(email).subject(view.words.title).header('Auto-Submitted', 'auto-generated')
      letter.htmlView('mails/notification', view).text(textOf(view))
    })
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error('The mail server took too long.')), timeout)
    try {
      await Promise.race([handedOver, late])
      return 'sent'
    } catch (error) {
      handedOver.catch(() => {})
      onTrouble(error)
      return 'failed'
    } finally {
      clearTimeout(timer)
    }
  }

  /** Letters of all kinds look alike: the same view, with these words. */
  #view({ t, locale, link, organization, ...values }: InvitationWords) {
    const named = { organization, ...values }
    const { appUrl } = this.options
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
}

interface Text {
  words: { title: string; body: string; action: string; link: string }
  frame: { reason: string; sent: string }
}

function textOf({ words, frame }: Text): string {
  return [
    words.title,
    words.body,
    `${words.action}:\n${words.link}`,
    `-- \n${frame.reason}\n${frame.sent}`,
  ].join('\n\n')
}
