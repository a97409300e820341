/** True for one scope as RFC 6749 §3.3 writes it, at most 255 characters: no space, quotation mark or backslash. */
export function isScopeToken(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(text)
}
