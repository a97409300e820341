/** The demo's own folder: its environment, which nothing of a developer's reaches, its providers and its database. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** Of this environment the demo's processes see no more. */
const PASSED_ON = ['PATH', 'HOME', 'TERM', 'LANG', 'FORCE_COLOR', 'NO_COLOR', 'NODE_COMPILE_CACHE']

/** True where the folder holds a demo that may go on. */
export const hasDemo = (folder) =>
  existsSync(join(folder, 'demo.sqlite3')) && existsSync(join(folder, '.env'))

/** Forgets the last demo unless it is to go on, and writes the environment. Returns what the processes are started with. */
export async function prepare(folder, { port, keep }, { mail }) {
  const keys = keep ? keysOf(folder) : freshKeys()
  if (!keep) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const values = {
    NODE_ENV: 'development',
    HOST: 'localhost',
    PORT: port,
    APP_URL: `http://localhost:${port}`,
    LOG_LEVEL: 'error',
    DB_CONNECTION: 'sqlite',
    DATABASE_URL: `sqlite:${join(folder, 'demo.sqlite3')}`,
    PROVIDERS_FILE: join(folder, 'providers.json'),
    ALLOW_PRIVATE_PROVIDERS: 'true',
    ALLOW_PRIVATE_RECEIVERS: 'true',
    SANDBOX_PORT: await freePort(),
    SMTP_URL: mail,
    MAIL_FROM: 'evergrant@demo.example',
    ...keys,
  }
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`)
  writeFileSync(join(folder, '.env'), `${lines.join('\n')}\n`, { mode: 0o600 })
  const passed = PASSED_ON.filter((name) => process.env[name] !== undefined)
  return { ...Object.fromEntries(passed.map((name) => [name, process.env[name]])), ENV_PATH: folder }
}

/** Leads the provider that stands for nobody to the slow door. */
export function slowDown(folder, { origin, simulator }) {
  const path = join(folder, 'providers.json')
  const providers = JSON.parse(readFileSync(path, 'utf8'))
  const { token_endpoint: endpoint } = providers.simulated
  providers.simulated.name = 'Slow Harbour'
  providers.simulated.token_endpoint = endpoint.replace(simulator, `${origin}/slow`)
  writeFileSync(path, JSON.stringify(providers, null, 2))
}

function freshKeys() {
  const key = () => randomBytes(32).toString('base64')
  return { APP_KEY: key(), ENCRYPTION_KEYS: `k1:${key()}` }
}

function keysOf(folder) {
  const text = readFileSync(join(folder, '.env'), 'utf8')
  const value = (name) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  return { APP_KEY: value('APP_KEY'), ENCRYPTION_KEYS: value('ENCRYPTION_KEYS') }
}

/** True where nobody listens on this port of loopback. */
export async function isFree(port) {
  const server = createServer().listen(Number(port), 'localhost')
  try {
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}

/** A port of loopback that nobody uses at the moment. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
