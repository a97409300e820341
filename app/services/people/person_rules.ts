export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 1_024
const LONGEST_ADDRESS = 254
const LONGEST_NAME = 255

/** One mailbox and nothing else: what a mail program would read as a list, a name or a header is none. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[^\s@<>()[\]\\,;:"\p{Cc}]{1,255}$/u

/** How addresses are kept and compared. */
export function addressOf(text: string): string {
  return text.trim().toLowerCase()
}

export function isAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && ADDRESS.test(text) && text.isWellFormed()
}

/** An address for people who need only recognise it: `a•••@example.com`. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const [first = ''] = address
  return `${first}•••${address.slice(at)}`
}

/** What people and organizations may be called: up to 255 characters without control characters. */
export function isFitName(text: string): boolean {
  return text.length <= LONGEST_NAME && !/\p{Cc}/u.test(text) && text.isWellFormed()
}

export type PasswordProblem = 'too_short' | 'too_long'

/** Null for a password that may be used. Length is all that counts (NIST SP 800-63B §3.1.1.2). */
export function passwordProblem(password: string): PasswordProblem | null {
  if (password.length < SHORTEST_PASSWORD) return 'too_short'
  return password.length > LONGEST_PASSWORD ? 'too_long' : null
}
