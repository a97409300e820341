import router from '@adonisjs/core/services/router'
import type { Role } from '#models/membership'
import type { Kind, Tenant } from '#tests/helpers/crawl/tenant'

interface Named {
  ids?: Readonly<Record<string, Kind>>
  words?: Readonly<Record<string, string>>
}

/** An id that nothing has. */
export const NOTHING = '00000000-0000-7000-8000-0000000000ff'

/** Every route of the application as `METHOD pattern`; the one for what is nowhere is left out. */
export function allRoutes(): string[] {
  return router
    .toJSON()
    .root.filter(({ pattern }) => pattern !== '/*' && pattern !== '*')
    .flatMap(({ methods, pattern }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${pattern}`)
    )
}

/** Fills a pattern with things of this organization that are made for it. */
export async function addressIn(tenant: Tenant, pattern: string, named: Named, asker: Role): Promise<string> {
  const names: Record<string, string> = { ...named.words }
  for (const [parameter, kind] of Object.entries(named.ids ?? {}))
    names[parameter] = await tenant.make(kind, asker)
  return filled(pattern, names)
}

/** The same pattern with ids that nothing has. */
export function addressOfNothing(pattern: string, { ids = {}, words = {} }: Named): string {
  return filled(pattern, { ...words, ...Object.fromEntries(Object.keys(ids).map((name) => [name, NOTHING])) })
}

function filled(pattern: string, names: Readonly<Record<string, string>>): string {
  return pattern.replaceAll(/:(\w+)/g, (_, name: string) => {
    if (names[name] === undefined) throw new Error(`${pattern}: the row does not say what :${name} is`)
    return names[name]
  })
}

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** What of an organization stands in an answer to somebody else; what the address itself names is no secret to its asker. */
export function leaksOf(tenant: Tenant, answer: string, asked: string): string[] {
  const words = asked.split(/[/?=&]/).filter((word) => word.length > 3)
  const rest = words.reduce((text, word) => text.replaceAll(word, ''), answer)
  const ids = (rest.match(ID) ?? []).filter((id) => tenant.ids.has(id))
  const marked = rest.match(new RegExp(`[^\\s"<>]*${tenant.mark}[^\\s"<>]*`, 'g')) ?? []
  return [...new Set([...ids, ...marked])]
}
