import type { Failure } from '#oauth/types'

const GONE = [404, 405, 410]

/**
 * True where a failed token request says something about the endpoint itself: it is gone, it has moved, or what answers
 * there is no token endpoint. Discovered metadata should be read again then. Refusals of a grant, limits and a network
 * that is down say nothing of the kind.
 */
export function speaksOfEndpoint({ class: kind, status, code }: Failure): boolean {
  if (status === null) return false
  if (GONE.includes(status) || (status >= 300 && status < 400)) return true
  // HTML, text or nothing where an answer was due. Gateways do that too while their server is down.
  if (kind === 'ambiguous' && status < 500) return true
  return code === 'invalid_client'
}
