/**
 * What has to be true before `npm start` and `npm test`: the locked dependencies are installed, `.env` exists with
 * fresh keys, the database is migrated and the assets are built. Each step looks first and works only where something
 * is missing, so a second call takes a second or two. Plain JavaScript for any Node from 20 up, without dependencies.
 */
import { execFileSync } from 'node:child_process'
import { createECDH, createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const forTests = process.argv.includes('--test')
/** The demo has an environment and a database of its own. */
const forDemo = process.argv.includes('--demo')
const at = (...parts) => join(ROOT, ...parts)
const say = (text) => console.error(`[setup] ${text}`)

/** Installs when the installed tree was not made from this lock file. */
function installDependencies() {
  const installed = at('node_modules/.evergrant-lock')
  const wanted = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return
  say('installing the locked dependencies (a minute or two, once)…')
  const npm = process.env.npm_execpath
  const command = npm ? [process.execPath, npm] : ['npm']
  const args = [...command.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error']
  const env = { ...process.env, NODE_ENV: 'development' }
  try {
    execFileSync(command[0], args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env })
  } catch (error) {
    say(
      'the dependencies could not be installed; npm says why above. Mend that, then run the same command again'
    )
    endLike(error)
  }
  writeFileSync(installed, wanted)
}

/** Copies `.env.example` and fills in keys that only this installation knows. */
function createEnvironment() {
  if (existsSync(at('.env'))) return lookForPushKeys()
  const key = () => randomBytes(32).toString('base64')
  const push = pushKeys()
  const text = readFileSync(at('.env.example'), 'utf8')
    .replace(/^APP_KEY=$/m, `APP_KEY=${key()}`)
    .replace(/^ENCRYPTION_KEYS=$/m, `ENCRYPTION_KEYS=k1:${key()}`)
    .replace(/^VAPID_PUBLIC_KEY=$/m, `VAPID_PUBLIC_KEY=${push.publicKey}`)
    .replace(/^VAPID_PRIVATE_KEY=$/m, `VAPID_PRIVATE_KEY=${push.privateKey}`)
  writeFileSync(at('.env'), text, { mode: 0o600, flag: 'wx' })
  chmodSync(at('.env'), 0o600)
  say('created .env with fresh keys; keep a copy of ENCRYPTION_KEYS in a safe place')
}

/** A key pair for web push (RFC 8292): `push:keys` makes the same, but cannot run before there is an `.env`. */
function pushKeys() {
  const curve = createECDH('prime256v1')
  const publicKey = curve.generateKeys('base64url')
  // One private key in 256 has fewer digits, and must have 32 bytes all the same.
  const privateKey = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()]).subarray(-32)
  return { publicKey, privateKey: privateKey.toString('base64url') }
}

/** An `.env` that somebody has written is theirs, so what it lacks is told and not added. */
function lookForPushKeys() {
  if (forTests || process.env.VAPID_PUBLIC_KEY) return
  if (/^VAPID_PUBLIC_KEY=\S/m.test(readFileSync(at('.env'), 'utf8'))) return
  say('web push is off, because .env has no VAPID keys; `node ace push:keys` prints a pair to put there')
}

/** Builds the front end when a source is newer than the last build. */
function buildAssets() {
  const manifest = at('public/assets/.vite/manifest.json')
  const sources = ['resources/css', 'resources/js', 'resources/views'].flatMap((folder) =>
    filesBelow(at(folder))
  )
  const newest = Math.max(
    ...[...sources, at('vite.config.ts'), at('package-lock.json')].map((file) => statSync(file).mtimeMs)
  )
  if (existsSync(manifest) && statSync(manifest).mtimeMs > newest) return
  say('building the assets…')
  runLocal(['node_modules/vite/bin/vite.js', 'build', '--logLevel=warn'])
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, name))
}

/** Brings the schema up to date; `migration:run` itself looks for what is missing. */
function migrate() {
  mkdirSync(at('data'), { recursive: true, mode: 0o700 })
  runLocal(['ace.js', 'migration:run', '--force', '--compact-output'], 'pipe')
}

function runLocal(args, stdout = 'inherit') {
  const node = existsSync(at('node_modules/node/bin/node'))
    ? at('node_modules/node/bin/node')
    : process.execPath
  try {
    execFileSync(node, args, { cwd: ROOT, stdio: ['ignore', stdout, 'inherit'] })
  } catch (error) {
    if (error.stdout) process.stderr.write(error.stdout)
    endLike(error)
  }
}

/** Ends with the exit code of the program that failed; one that a signal ended has none. */
function endLike(error) {
  process.exit(typeof error.status === 'number' && error.status > 0 ? error.status : 1)
}

installDependencies()
if (!forDemo) createEnvironment()
buildAssets()
if (!forTests && !forDemo) migrate()
