import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const HOME = join(ROOT, 'tmp/compiled')
const SOURCES = 'app bin commands config database providers resources simulator start tests'.split(' ')
const FILES = 'adonisrc.ts package.json tsconfig.json'.split(' ')
const YESTERDAY = 24 * 3_600_000

let folder: string | undefined

/**
 * The application compiled, as an installation runs it from `build/`. Most processes that tests start are started from
 * here: a boot from source costs each of them a second of the compiler's time. Made once per state of the sources,
 * whatever their number of test runs.
 */
export function compiled(): string {
  return (folder ??= compile())
}

/** Where a source file of ours, given by its place, lies compiled. */
export function compiledModule(source: URL): string {
  return join(compiled(), relative(ROOT, fileURLToPath(source))).replace(/\.ts$/, '.js')
}

/** Lets processes keep what the engine makes of the compiled modules; those that are killed leave nothing behind. */
export const compileCache = () => ({ NODE_COMPILE_CACHE: join(compiled(), '.cache') })

function compile(): string {
  const done = join(HOME, fingerprint())
  if (existsSync(done)) return done
  const draft = `${done}.${process.pid}`
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '--noCheck', '--outDir', draft], { cwd: ROOT })
  for (const name of ['package.json', 'resources', 'public']) {
    cpSync(join(ROOT, name), join(draft, name), { recursive: true })
  }
  writeFileSync(join(draft, 'ace.js'), "await import('./bin/console.js')\n")
  try {
    renameSync(draft, done)
  } catch {
    // Another run was faster.
    rmSync(draft, { recursive: true, force: true })
  }
  forgetOldOnes()
  return done
}

function fingerprint(): string {
  const hash = createHash('sha256')
  const below = SOURCES.flatMap((name) =>
    readdirSync(join(ROOT, name), { recursive: true }).map((file) => join(name, String(file)))
  )
  for (const file of [...below, ...FILES, 'public/assets/.vite/manifest.json']) {
    const { mtimeMs, size } = statSync(join(ROOT, file), { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 }
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

function forgetOldOnes(): void {
  mkdirSync(HOME, { recursive: true })
  for (const name of readdirSync(HOME)) {
    const place = join(HOME, name)
    if (statSync(place).mtimeMs < Date.now() - YESTERDAY) rmSync(place, { recursive: true, force: true })
  }
}
