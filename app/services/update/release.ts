/** A version that is out, and where its page is. */
export interface Release {
  version: string
  url: string
}

const TAG = /^v?(\d{1,6}\.\d{1,6}\.\d{1,6})$/
const LONGEST_URL = 500

/**
 * Reads an answer in the form of GitHub's "latest release": `tag_name` and `html_url`. Null for everything else: it comes from
 * outside and ends on a page of admins, so its version is three numbers and its address is https, or there is none.
 */
export function readRelease(body: string): Release | null {
  const { tag_name: tag, html_url: url } = objectIn(body)
  if (typeof tag !== 'string' || typeof url !== 'string') return null
  const version = TAG.exec(tag)?.[1]
  return version && isPlainHttps(url) ? { version, url } : null
}

/** Whether a version comes after another; what stands behind the three numbers is left out. */
export function isNewer(version: string, current: string): boolean {
  const [theirs, ours] = [version, current].map((text) => text.split(/[.\-+]/).map(Number))
  const place = [0, 1, 2].find((index) => theirs[index] !== ours[index])
  return place !== undefined && theirs[place] > ours[place]
}

function objectIn(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Without a name and a password, which would make it look like another address. */
function isPlainHttps(text: string): boolean {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return protocol === 'https:' && username === '' && password === ''
}
