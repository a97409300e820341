import type { Message, Words } from '#notifications/types'

/** What a push message may hold before it is encrypted: 4096 bytes, less header, padding and tag (RFC 8291 §4). */
export const PAYLOAD_LIMIT = 3993

/** Beyond this no system shows a title. */
const LONGEST_TITLE = 200

/** What the service worker reads. */
interface PushPayload {
  title: string
  body: string
  /** Absolute; where a click leads. */
  link: string
  id: string
  /** A notification takes the place of one with the same tag, so that a repetition shows once. */
  tag: string
}

/**
 * A message as the service worker gets it: JSON of at most `PAYLOAD_LIMIT` bytes. What is too long loses lines, then the
 * end of its body. The link stays whole, because half an address leads nowhere.
 */
export function pushPayload({ id }: Pick<Message, 'id'>, words: Words): string {
  const payload: PushPayload = {
    title: cut(words.title, LONGEST_TITLE),
    body: '',
    link: words.link,
    id,
    tag: id,
  }
  const write = (body: string) => JSON.stringify({ ...payload, body })
  const fits = (text: string) => Buffer.byteLength(text) <= PAYLOAD_LIMIT
  for (let count = words.lines.length; count >= 0; count--) {
    const rest = count < words.lines.length ? ['…'] : []
    const whole = write([words.body, ...words.lines.slice(0, count), ...rest].join('\n'))
    if (fits(whole)) return whole
  }
  return write(longest(words.body, (body) => fits(write(body))))
}

/** The longest beginning of a text that fits, with a mark where something is missing. */
function longest(text: string, fits: (text: string) => boolean): string {
  let [least, most] = [0, Math.min(text.length, PAYLOAD_LIMIT)]
  while (least < most) {
    const length = Math.ceil((least + most) / 2)
    if (fits(cut(text, length))) least = length
    else most = length - 1
  }
  return least === 0 ? '' : cut(text, least)
}

function cut(text: string, length: number): string {
  // The cut may go through a pair of surrogates, whose half is no character.
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
