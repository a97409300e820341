const LONGEST = 2_048
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** What came of a link, as the page that people return to is told. */
export type LinkEnd = 'connected' | 'declined' | 'failed'

/**
 * What is wrong with a URL that people return to, as a sentence; null where nothing is. Only whoever holds a key names
 * one, and it lies in our row, not in the link: so no list of hosts is needed. A fragment would get lost behind a query.
 */
export function returnUrlProblem(text: string, allowLoopback: boolean): string | null {
  const url = text.length <= LONGEST ? URL.parse(text) : null
  if (!url) return `This must be a whole URL of at most ${LONGEST} characters`
  if (url.username || url.password) return 'Leave user name and password out of the URL'
  if (url.hash) return 'Leave the fragment out of the URL'
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:' && allowLoopback && LOOPBACK.has(url.hostname)) return null
  return 'The URL must begin with https://'
}

/** Where a person returns to, with what came of the link. Its own parameters of these names are replaced. */
export function returnAddress(returnUrl: string, end: LinkEnd, connectionId: string | null): string {
  const url = new URL(returnUrl)
  url.searchParams.set('status', end)
  if (connectionId === null) url.searchParams.delete('connection_id')
  else url.searchParams.set('connection_id', connectionId)
  return url.href
}
