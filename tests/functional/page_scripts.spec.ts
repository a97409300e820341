import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

interface Chunk {
  file: string
  imports?: string[]
}

/** What a browser loads for an entry: the file itself and everything that it imports, however far down. */
function filesOf(manifest: Record<string, Chunk>, name: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[name]
  if (found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const other of chunk.imports ?? []) filesOf(manifest, other, found)
  return found
}

test.group('What pages load', () => {
  test('all scripts of a page are at most 90 kB, compressed', async ({ assert }) => {
    const at = (name: string) => app.makePath('public/assets', name)
    const manifest = JSON.parse(await readFile(at('.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
    let size = 0
    for (const file of filesOf(manifest, 'resources/js/app.js')) {
      size += gzipSync(await readFile(at(file)), { level: 9 }).length
    }
    assert.isAtMost(size, 90_000)
    assert.isAbove(size, 10_000)
  })
})
