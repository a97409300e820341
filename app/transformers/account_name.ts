/** Control and direction characters: in a name they could turn the text around it. */
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

interface Named {
  displayName: string | null
  username: string | null
  providerAccountId: string
}

/** What people call an account: display name, else username, else the provider's id. */
export function accountName(account: Named): string {
  const names = [account.displayName, account.username, account.providerAccountId]
  return names.map((name) => (name ?? '').replace(INVISIBLE, '').trim()).find(Boolean) ?? 'Unnamed account'
}

/** One or two letters for an avatar without a picture. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const letters = words.slice(0, 2).map((word) => [...word].find((sign) => /[\p{L}\p{N}]/u.test(sign)))
  return letters.join('').toLocaleUpperCase() || '?'
}
