import { Message as MailMessage } from '@adonisjs/mail'
import { plain } from '#notifications/wording_names'
import type { Frame } from '#notifications/wording'
import type { Message, Receiver, Words } from '#notifications/types'

type Addressee = Extract<Receiver, { kind: 'email' }>

/** A letter, ready to be handed over. */
export type Letter = ReturnType<MailMessage['toObject']>

const LONGEST_NAME = 80

/** One mailbox and nothing else: what a mail library would read as a list, a name or a header is none. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,255}$/u

export function isAddress(text: string): boolean {
  return ADDRESS.test(text)
}

/**
 * The letter of a message, with a text and an HTML part. Its Message-ID follows from the message's id (RFC 5322 §3.6.4),
 * so that a repeated attempt is the same letter to mail programs; Auto-Submitted (RFC 3834 §5) keeps absence notes away.
 */
export async function letterOf(
  message: Message,
  { address, name }: Addressee,
  { words, frame }: { words: Words; frame: Frame }
): Promise<Letter> {
  const view = { words, frame, locale: message.locale }
  const letter = new MailMessage()
    .to(address, plain(name, LONGEST_NAME) || undefined)
    .subject(words.title)
    .messageId(`<${messageIdOf(message, words)}>`)
    .header('Auto-Submitted', 'auto-generated')
    .listUnsubscribe(frame.change.link)
    .htmlView('mails/notification', view)
    .text(letterText(words, frame))
  if (frame.severity === 'urgent') letter.priority('high')
  const compiled = letter.toObject()
  await MailMessage.computeContentsFor({ ...compiled, sharedState: {} })
  return compiled
}

/** What a letter is known by, without its angle brackets. */
export function messageIdOf({ id }: Pick<Message, 'id'>, { link }: Pick<Words, 'link'>): string {
  return `${id}@${new URL(link).hostname}`
}

/** For who reads no HTML: nothing in plain text needs escaping, and a lone `-- ` begins what is no content (RFC 3676 §4.3). */
export function letterText(
  { title, body, lines, link, action }: Words,
  { reason, change, sent }: Frame
): string {
  const list = lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]
  const foot = ['-- ', reason, `${change.label}: ${change.link}`, sent].join('\n')
  return [title, body, ...list, `${action}:\n${link}`, foot].join('\n\n')
}
