import { describeForOperator } from '#oauth/clean_text'
import type { Receipt } from '#notifications/types'

/** What a mail server or the way to it did; the fields that nodemailer's errors have. */
export interface MailTrouble {
  code?: string
  /** The command that was answered so, such as `RCPT TO`. */
  command?: string
  responseCode?: number
  response?: string
}

/** Characters of an answer that are kept. */
export const LONGEST_ANSWER = 500

/** Where no server has answered, by nodemailer's words for it. */
const UNANSWERED: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'timeout',
  EDNS: 'dns',
  ETLS: 'tls',
  EPROTOCOL: 'protocol',
}

/**
 * Judges by the reply code (RFC 5321 §4.2.1): 4yz passes, 5yz does not. Refused credentials and a refused sender are ours to
 * mend, and the letter can wait for that. An address that nobody has is refused, not gone: the person stays.
 */
export function receiptOf(trouble: MailTrouble): Receipt {
  const { responseCode: status = null, response = '', command } = trouble
  const answer = describeForOperator(response, [])?.slice(0, LONGEST_ANSWER).toWellFormed() ?? null
  if (status === null) {
    const code = UNANSWERED[trouble.code ?? ''] ?? 'connection'
    return { type: 'later', retryAfter: null, status, code, answer }
  }
  const answered = { status, code: codeOf(status, response), answer }
  if (trouble.code === 'EAUTH') {
    const alarm = status >= 500
    return { type: 'later', retryAfter: null, alarm, ...answered, code: 'authentication' }
  }
  if (status < 500) return { type: 'later', retryAfter: null, ...answered }
  if (command === 'MAIL FROM')
    return { type: 'later', retryAfter: null, alarm: true, ...answered, code: 'sender_refused' }
  return { type: 'refused', alarm: false, ...answered }
}

/** An enhanced status (RFC 3463) says more than the reply code. */
function codeOf(status: number, response: string): string {
  const [, enhanced] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? []
  const noMailbox = enhanced
    ? enhanced.startsWith('5.1.')
    : status === 550 || status === 551 || status === 553
  return noMailbox ? 'no_such_mailbox' : `smtp_${enhanced ?? status}`
}
