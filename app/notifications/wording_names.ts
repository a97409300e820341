import { cleanText } from '#oauth/clean_text'
import type { Speech } from '#notifications/wording_speech'
import type { Matter, NamedAccount } from '#notifications/types'

/** Characters of a name: in a sentence, and in a title that has to fit a lock screen. */
export const IN_SENTENCE = 80
export const IN_TITLE = 32

/** Up to so many are named one by one in a sentence; of more, one less. */
const ALL_NAMED = 3
const LINES = 10

/** Text from outside in one line, without control and direction characters, cut at a length with an ellipsis. */
export function plain(text: unknown, length: number): string {
  if (typeof text !== 'string') return ''
  const clean = cleanText(text, length + 1).replace(/\s+/gu, ' ')
  return clean.length <= length
    ? clean
    : `${clean
        .slice(0, length - 1)
        .toWellFormed()
        .trimEnd()}…`
}

/** The accounts of a matter for a title: the one with its provider, or how many. */
export function whoIn(matter: Matter, speech: Speech, isStaff: boolean): string {
  const { count, accounts, providerName } = matter
  const provider = plain(providerName, IN_TITLE)
  if (count === 1 && accounts.length > 0) return oneOf(accounts[0], provider, speech, IN_TITLE)
  const many = isStaff ? 'accounts' : 'channels'
  return provider === ''
    ? speech.say(`notifications.who.${many}`, { count })
    : speech.say(`notifications.who.${many}At`, { count, provider })
}

/** The accounts of a matter for a sentence: `Ana`, `Ana and Ben`, `Ana, Ben and 12 more`. */
export function namesIn({ count, accounts }: Matter, speech: Speech, isStaff: boolean): string {
  const [first, ...others] = accounts.map((account) => nameOf(account, speech, IN_SENTENCE))
  if (first === undefined)
    return speech.say(`notifications.who.${isStaff ? 'accounts' : 'channels'}`, { count })
  if (count === 1) return first
  const names = [first, ...others]
  const separator = speech.say('notifications.names.separator')
  if (count <= ALL_NAMED && names.length >= count) {
    const all = { names: names.slice(0, count - 1).join(separator), last: names[count - 1] }
    return speech.say('notifications.names.last', all)
  }
  const some = names.slice(0, ALL_NAMED - 1)
  return speech.say('notifications.names.more', { names: some.join(separator), count: count - some.length })
}

/** The accounts of a matter, one line each; nothing where the text names the only one. */
export function accountLines({ count, accounts, providerName }: Matter, speech: Speech): string[] {
  if (count < 2) return []
  const provider = plain(providerName, IN_SENTENCE)
  return cutLines(
    accounts.map((account) => oneOf(account, provider, speech, IN_SENTENCE)),
    count,
    speech
  )
}

/** At most ten of the lines; the last one says how many of `count` are left out. */
export function cutLines(lines: readonly string[], count: number, speech: Speech): string[] {
  const shown = lines.slice(0, LINES)
  const rest = count - shown.length
  if (rest <= 0 || shown.length === 0) return shown
  return [...shown, speech.say('notifications.names.moreLine', { count: rest })]
}

function oneOf(account: NamedAccount, provider: string, speech: Speech, length: number): string {
  const name = nameOf(account, speech, length)
  return provider === '' ? name : speech.say('notifications.who.oneAt', { name, provider })
}

function nameOf({ name }: NamedAccount, speech: Speech, length: number): string {
  return plain(name, length) || speech.say('notifications.names.unnamed')
}
