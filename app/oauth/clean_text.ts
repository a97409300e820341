import type { Secret } from '#oauth/secret'

// Control characters would let a provider write lines into logs and sequences into terminals; the others reverse text.
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu

/** Text from outside, made fit to show: no control or direction characters, well-formed, trimmed, at most `length`. */
export function cleanText(text: string, length: number): string {
  const clean = text
    .slice(0, length * 4)
    .toWellFormed()
    .replace(UNPRINTABLE, ' ')
    .trim()
  return clean.length <= length ? clean : clean.slice(0, length).toWellFormed()
}

const UNBROKEN_RUN = /[\w~+=.-]{20,}/g

// Words are shorter than this, and seldom hold digits.
function looksLikeToken(run: string): boolean {
  return run.length >= 48 || /\d/.test(run)
}

/** So many characters of a secret in a row give it away; fewer stand in ordinary words, too. */
const TELLING = 8

/** What was presented, plain or encoded as an echoed request holds it, whole or in part: cuts leave parts behind. */
function strikeOut(text: string, secrets: readonly Secret[]): string {
  const forms = secrets.flatMap((secret) => {
    const value = secret.reveal().toWellFormed()
    return [value, encodeURIComponent(value)]
  })
  let safe = text
  const parts = new Set<string>()
  for (const form of forms) {
    if (form !== '') safe = safe.replaceAll(form, '[secret]')
    for (let at = 0; at + TELLING <= form.length; at++) parts.add(form.slice(at, at + TELLING))
  }
  for (let at = 0; at + TELLING <= safe.length; at++) {
    if (!parts.has(safe.slice(at, at + TELLING))) continue
    let end = at + TELLING
    while (end < safe.length && parts.has(safe.slice(end - TELLING + 1, end + 1))) end += 1
    safe = `${safe.slice(0, at)}[secret]${safe.slice(end)}`
    at += '[secret]'.length - 1
  }
  return safe
}

/** True where a text holds one of these secrets, or so many characters of one in a row that they give it away. */
export function givesAway(text: string, secrets: readonly Secret[]): boolean {
  return secrets.some((secret) => {
    const value = secret.reveal()
    if (value.length < TELLING) return value !== '' && text.includes(value)
    for (let at = 0; at + TELLING <= text.length; at++) {
      if (value.includes(text.slice(at, at + TELLING))) return true
    }
    return false
  })
}

/**
 * A provider's own words for an operator: cleaned, at most 1 KiB, without the secrets that we presented and without
 * anything that looks like a token. Null where nothing is left.
 */
export function describeForOperator(text: string, secrets: readonly Secret[]): string | null {
  let safe = strikeOut(text.slice(0, 8_192), secrets)
  safe = safe.replace(UNBROKEN_RUN, (run) => (looksLikeToken(run) ? '[secret]' : run))
  safe = firstBytes(cleanText(safe, 1_024), 1_024)
  return safe === '' ? null : safe
}

function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  // A character that the cut went through decodes to the replacement character.
  return bytes.length <= limit ? text : bytes.toString('utf8', 0, limit - 2).replace(/\ufffd+$/, '')
}
