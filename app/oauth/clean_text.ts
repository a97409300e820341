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

/**
 * A provider's own words for an operator: cleaned, at most 1 KiB, without the secrets that we presented and without
 * anything that looks like a token. Null where nothing is left.
 */
export function describeForOperator(text: string, secrets: readonly Secret[]): string | null {
  let safe = text.slice(0, 8_192)
  for (const secret of secrets) {
    const value = secret.reveal()
    if (value !== '') safe = safe.replaceAll(value, '[secret]')
  }
  safe = safe.replace(UNBROKEN_RUN, (run) => (looksLikeToken(run) ? '[secret]' : run))
  safe = firstBytes(cleanText(safe, 1_024), 1_024)
  return safe === '' ? null : safe
}

function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  // A character that the cut went through decodes to the replacement character.
  return bytes.length <= limit ? text : bytes.toString('utf8', 0, limit - 2).replace(/\ufffd+$/, '')
}
