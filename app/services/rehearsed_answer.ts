import type { Exchange, Provider } from '#oauth/types'

const HOUR = 60 * 60_000
const UNITS = { milliseconds: 1, seconds: 1_000, minutes: 60_000 } as const

/**
 * The answer that a provider would give to a good refresh, in the shape that its definition reads: the fields of RFC 6749
 * §5.1 where the definition keeps them, with the documented lifetime. `longerThan` is the life that the token still has,
 * in milliseconds: a good answer extends it.
 */
export function rehearsedAnswer(provider: Provider, longerThan: number, receivedAt: number): Exchange {
  const lifetime = Math.max(provider.refresh.assumedLifetime ?? HOUR, longerThan + 2 * HOUR)
  const body: Record<string, unknown> = {}
  put(body, pathOf(provider, 'access_token'), 'rehearsed-access-token')
  put(body, pathOf(provider, 'token_type'), 'Bearer')
  put(body, pathOf(provider, 'expires_in'), Math.round(lifetime / UNITS[provider.expiresInUnit]))
  if (provider.refresh.rotation !== 'never') {
    put(body, pathOf(provider, 'refresh_token'), 'rehearsed-refresh-token')
  }
  const headers = new Headers({ 'content-type': 'application/json' })
  return { ok: true, status: 200, headers, body: JSON.stringify(body), receivedAt }
}

function pathOf({ responsePaths }: Provider, field: string): string {
  return Object.hasOwn(responsePaths, field) ? responsePaths[field] : field
}

function put(body: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop() as string
  let place = body
  for (const name of names) place = (place[name] ??= {}) as Record<string, unknown>
  place[last] = value
}
