import { cleanText } from '#oauth/clean_text'
import { isAddress, letterOf, type Letter } from '#notifications/channels/email_letter'
import { LONGEST_ANSWER, receiptOf, type MailTrouble } from '#notifications/channels/email_receipt'
import type { Wording } from '#notifications/wording'
import type { Channel, Receipt } from '#notifications/types'

/** The part of @adonisjs/mail's MailManager that writes letters. */
interface Mail {
  config: { mailers: object }
  use(): { sendCompiled(letter: Letter): Promise<{ original: unknown }> }
}

interface EmailChannelOptions {
  mail: Mail
  wording: Pick<Wording, 'words' | 'frame'>
  /** `timeout`: how long handing a letter over may take in all, in milliseconds. */
  settings: { timeout: number }
}

const NOT_CONFIGURED: Receipt = refused('not_configured')
const BAD_ADDRESS: Receipt = refused('bad_address')
const TIMEOUT: Receipt = { type: 'later', retryAfter: null, status: null, code: 'timeout', answer: null }

/**
 * Writes letters through the mail server of `SMTP_URL`. A server that has taken a letter has delivered it, as far as anybody
 * can tell here. One that is slower than the timeout may have taken it all the same; its repetition has the same Message-ID.
 */
export function emailChannel({ mail, wording, settings }: EmailChannelOptions): Channel<'email'> {
  return {
    kind: 'email',
    async send(message, receiver) {
      if (Object.keys(mail.config.mailers).length === 0) return NOT_CONFIGURED
      if (!isAddress(receiver.address)) return BAD_ADDRESS
      const content = { words: wording.words(message), frame: wording.frame(message) }
      const letter = await letterOf(message, receiver, content)
      return within(settings.timeout, handOver(mail, letter))
    },
  }
}

async function handOver(mail: Mail, letter: Letter): Promise<Receipt> {
  try {
    const { original } = await mail.use().sendCompiled(letter)
    const { response = '' } = original as { response?: string }
    const status = Number(response.slice(0, 3)) || null
    return { type: 'delivered', status, code: null, answer: cleanText(response, LONGEST_ANSWER) }
  } catch (error) {
    return receiptOf(error as MailTrouble)
  }
}

async function within(milliseconds: number, work: Promise<Receipt>): Promise<Receipt> {
  const { promise, resolve } = Promise.withResolvers<Receipt>()
  const timer = setTimeout(() => resolve(TIMEOUT), milliseconds)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

function refused(code: string): Receipt {
  return { type: 'refused', alarm: false, status: null, code, answer: null }
}
