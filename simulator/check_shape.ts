import type { Incoming } from '#simulator/incoming'
import type { ClientWay, Dialect, Door, Violation } from '#simulator/types'

/** The parameters of a request, from where this door expects them: the body where it takes one, else the query. */
export function paramsOf(door: Door, incoming: Incoming): Readonly<Record<string, string>> {
  return door.body ? incoming.fields : incoming.query
}

/** The first thing about a request that its door does not take; null where all is well. */
export function shapeProblem(dialect: Dialect, door: Door, incoming: Incoming): Violation | null {
  const methods = [door.method ?? (door.body ? 'POST' : 'GET')].flat() as string[]
  if (!methods.includes(incoming.method)) return 'method'
  if (door.body && incoming.bodyKind !== door.body) return 'body'
  if (!door.body && incoming.bodyKind !== null && incoming.method === 'GET') return 'body'
  if (!everyFits(door.headers, (name) => headerOf(incoming, name))) return 'header'
  const params = paramsOf(door, incoming)
  const client = clientProblem(dialect, door, incoming, params)
  if (client) return client
  if (!everyFits(door.params, (name) => params[name])) return 'param'
  return door.refuses?.some((name) => name in params) ? 'param' : null
}

function everyFits(
  rules: Readonly<Record<string, RegExp>> = {},
  valueOf: (name: string) => string | undefined
) {
  return Object.entries(rules).every(([name, rule]) => {
    const value = valueOf(name)
    return value !== undefined && rule.test(value)
  })
}

function headerOf({ headers }: Incoming, name: string): string | undefined {
  const value = headers[name.toLowerCase()]
  return Array.isArray(value) ? value[0] : value
}

function clientProblem(
  dialect: Dialect,
  door: Door,
  { basic }: Incoming,
  params: Readonly<Record<string, string>>
): Violation | null {
  if (!door.client) return null
  const { id, secret } = door.clientNames ?? { id: 'client_id', secret: 'client_secret' }
  const shown = { id: params[id], secret: params[secret] }
  if (basic && shown.secret !== undefined) return 'double_client'
  if (basic && door.basicAlone && shown.id !== undefined) return 'double_client'
  const way: ClientWay = basic
    ? 'basic'
    : shown.secret !== undefined
      ? 'params'
      : shown.id
        ? 'public'
        : 'none'
  if (!door.client.includes(way)) return 'client'
  return isOurs(dialect, way, basic ?? shown) ? null : 'client'
}

function isOurs({ client }: Dialect, way: ClientWay, shown: { id?: string; secret?: string }): boolean {
  if (way === 'none') return true
  return shown.id === client.id && (way === 'public' || shown.secret === client.secret)
}
