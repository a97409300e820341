import type { MailManager } from '@adonisjs/mail'

/** What became of a letter. */
export type LetterOutcome = 'sent' | 'failed' | 'not_configured'

/** One of several links of a letter, and what it is about. */
export interface LetterLink {
  label: string
  link: string
}

/** A letter to one person, in the reader's language. Letters of all kinds look alike: the same view, with these words. */
export interface Letter {
  locale: string
  words: {
    title: string
    body: string
    lines: readonly string[]
    link: string
    action: string
    /** Several, in place of `link`. */
    links?: readonly LetterLink[]
  }
  frame: {
    severity: 'normal'
    label: string
    organization: string
    copy: string
    reason: string
    change: { link: string; label: string }
    sent: string
  }
}

interface Options {
  /** Which mailers there are is for the configuration to say, and unknown to the types. */
  mail: Pick<MailManager<never>, 'send'> & { config: { mailers: object } }
  /** How long handing a letter over may take in all, in milliseconds. */
  timeout: number
  onTrouble: (error: unknown) => void
}

/** Sends letters that somebody asked for, where a mail server is configured. Nothing is tried twice. */
export class Letters {
  constructor(private readonly options: Options) {}

  get configured(): boolean {
    return Object.keys(this.options.mail.config.mailers).length > 0
  }

  /** Never throws: what went wrong is told to `onTrouble`. A server that is late may have taken the letter all the same. */
  async send(address: string, letter: Letter): Promise<LetterOutcome> {
    if (!this.configured) return 'not_configured'
    const { mail, timeout, onTrouble } = this.options
    const handedOver = mail.send((message) => {
      message.to(address).subject(letter.words.title).header('Auto-Submitted', 'auto-generated')
      message.htmlView('mails/notification', letter).text(textOf(letter))
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
}

function textOf({ words, frame }: Letter): string {
  const links = words.links ?? [{ label: `${words.action}:`, link: words.link }]
  return [
    words.title,
    words.body,
    ...links.map(({ label, link }) => `${label}\n${link}`),
    `-- \n${frame.reason}\n${frame.sent}`,
  ].join('\n\n')
}
