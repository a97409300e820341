import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Edge } from 'edge.js'
import { addCollection } from 'edge-iconify'

type IconSet = Parameters<typeof addCollection>[0]

let set: IconSet | undefined
const registered = new Set<string>()

/** Two megabytes of JSON: most commands draw no icon and never read them. */
function iconSet(): IconSet {
  const path = () => createRequire(import.meta.url).resolve('@iconify-json/tabler/icons.json')
  return (set ??= JSON.parse(readFileSync(path(), 'utf8')) as IconSet)
}

/** Whether the icon set that templates use has an icon of that name. */
export function hasIcon(name: string): boolean {
  return Object.hasOwn(iconSet().icons, name)
}

/**
 * A plugin behind `edgeIconify`, which knows only registered icons: registers each when a template first draws it. All six
 * thousand at once would cost each process a quarter of a second at its start, for the hundred or so that pages show.
 */
export function iconsOnDemand(edge: Edge): void {
  const draw = edge.globals.svg as (name: string, props?: object) => unknown
  edge.global('svg', (name: string, props?: object) => {
    if (!registered.has(name)) register(name)
    return draw(name, props)
  })
}

/** One that does not exist stays unknown, and drawing it says so. */
function register(fullName: string): void {
  const { icons, aliases = {}, ...shared } = iconSet()
  const name = fullName.slice(shared.prefix.length + 1)
  const original = aliases[name]?.parent ?? name
  if (!fullName.startsWith(`${shared.prefix}:`) || !Object.hasOwn(icons, original)) return
  const alias = aliases[name] ? { [name]: aliases[name] } : {}
  addCollection({ ...shared, icons: { [original]: icons[original] }, aliases: alias })
  registered.add(fullName)
}
