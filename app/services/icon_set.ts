import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { addCollection } from 'edge-iconify'

const path = createRequire(import.meta.url).resolve('@iconify-json/tabler/icons.json')
const tabler: Parameters<typeof addCollection>[0] = JSON.parse(readFileSync(path, 'utf8'))

addCollection(tabler)
const names = new Set(Object.keys(tabler.icons))

/** Whether the icon set that templates use has an icon of that name. */
export function hasIcon(name: string): boolean {
  return names.has(name)
}
