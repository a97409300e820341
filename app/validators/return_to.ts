const ORIGIN = 'http://return.invalid'

/** One slash, then neither a second slash nor a backslash, and only printable ASCII: what a browser reads as our own path. */
const OWN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/

/** An encoded slash, backslash or control character that some proxy may decode into one of the forms above. */
const ENCODED_TRICK = /%(?:2f|5c|0[0-9a-f]|1[0-9a-f]|7f|25)/i

/**
 * Where to go on: `value` if it is a path on our own origin, else `fallback`. Everything doubtful is refused instead of
 * repaired, because browsers and proxies repair differently.
 */
export function ownPath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || value.length > 2048 || !OWN_PATH.test(value)) return fallback
  const path = value.split(/[?#]/, 1)[0]
  if (path.includes('//') || ENCODED_TRICK.test(path) || /(^|\/)\.{1,2}(\/|$)/.test(path)) return fallback
  if (!URL.canParse(value, ORIGIN) || new URL(value, ORIGIN).origin !== ORIGIN) return fallback
  return value
}

/** Where to go after signing in: an own path, but none that leads back to signing in or out; else `fallback`. */
export function safeReturnTo(value: unknown, fallback = '/accounts'): string {
  const path = ownPath(value, fallback)
  return /^\/log(?:in|out)(?:[?#]|$)/.test(path) ? fallback : path
}
