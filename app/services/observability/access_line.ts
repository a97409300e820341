/** A finished request, without anything that a visitor wrote. */
export interface FinishedRequest {
  method: string
  /** The pattern of the route, never the address: that may carry codes and tokens. */
  route: string
  status: number
  /** Milliseconds from its first byte to the last one of the answer. */
  took: number
  apiKey: string | null
  user: string | null
  organization: string | null
}

export interface AccessLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  fields: Record<string, string | number>
}

/** What supervisors ask for every few seconds. */
const PROBES = /^\/(health(\/(live|ready))?|ready)$/

/** Matches every address: files, and what does not exist. */
const ANYTHING = '/*'

/** The log line of a request, pure. Supervisors, files and polls that found nothing new are for whoever looks closely. */
export function accessLine(request: FinishedRequest): AccessLine {
  const { method, route, status, took, apiKey, user, organization } = request
  const who = { api_key: apiKey, user, organization }
  const known = Object.entries(who).filter((entry): entry is [string, string] => entry[1] !== null)
  return {
    level: levelOf(request),
    message: `${method} ${route} ${status}`,
    fields: { method, route, status, ms: Math.round(took * 10) / 10, ...Object.fromEntries(known) },
  }
}

function levelOf({ route, status }: FinishedRequest): AccessLine['level'] {
  if (status >= 500) return 'error'
  if (PROBES.test(route) || status === 304) return 'debug'
  if (status >= 400) return 'warn'
  return route === ANYTHING ? 'debug' : 'info'
}
