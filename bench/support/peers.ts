import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const FOLDER = new URL('../peers/', import.meta.url)
const STAMP = new URL('node_modules/.evergrant-lock', FOLDER)

/**
 * Installs the libraries that others are compared with, from their own lock file, where that was not done yet. Returns why
 * it could not be done, or null.
 */
export function installPeers(): string | null {
  const wanted = createHash('sha256')
    .update(readFileSync(new URL('package-lock.json', FOLDER)))
    .digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return null
  try {
    // In the folder itself, so that npm reads the settings beside the lock file.
    const options = { cwd: fileURLToPath(FOLDER), stdio: ['ignore', 'ignore', 'pipe'] as const }
    execFileSync('npm', ['ci', '--loglevel=error'], { ...options, stdio: [...options.stdio] })
    writeFileSync(STAMP, wanted)
    return null
  } catch (error) {
    return (error as Error).message.split('\n')[0]
  }
}

/** Loads from there instead of from the application's own dependencies. */
export const requirePeer = createRequire(new URL('package.json', FOLDER))
