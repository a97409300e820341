import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { emptyFile, removeFile } from './databases.js'
import type { Context } from './types.js'

const ROOT = new URL('../../', import.meta.url)
const EMAIL = 'bench@example.com'
const STARTS_WITHIN = 30_000

export interface WebServer {
  file: string
  pid: number
  /** Where it answers, without a slash at the end. */
  url: string
  /** Gets a page as the person who signed in; throws unless it is there. */
  get(path: string): Promise<string>
  /** Milliseconds that it has kept processors busy so far. */
  processorTime(): number
  stop(): Promise<void>
}

/**
 * Starts the web process on a database of its own, lets `seed` fill it, and signs a person in. Its scheduler is off unless
 * `settings` turn it on.
 */
export async function startWebServer(
  context: Pick<Context, 'folder'>,
  seed: (file: string, organization: string) => Promise<void>,
  settings: Record<string, string> = {}
): Promise<WebServer> {
  const file = emptyFile(context)
  const environment = { ...(await environmentFor(file)), ...settings }
  const password = createPerson(environment)
  await seed(file, organizationOf(file))
  const server = spawn(
    process.execPath,
    ['--max-semi-space-size=8', '--import=@poppinss/ts-exec', 'bin/server.ts'],
    {
      cwd: ROOT,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    }
  )
  process.once('exit', () => server.kill('SIGKILL'))
  const url = environment.APP_URL
  await answers(url, server)
  const cookies = await signIn(url, password)
  return {
    file,
    pid: server.pid ?? 0,
    url,
    get: (path) => page(`${url}${path}`, cookies),
    processorTime: () => processorTime(server.pid ?? 0),
    async stop() {
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
      removeFile(file)
    },
  }
}

/** The first field of each thread's `schedstat` is its time on a processor in nanoseconds; ticks are too coarse for a page. */
function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))
  return times.reduce((sum, time) => sum + Number(time.split(' ')[0]), 0) / 1e6
}

async function environmentFor(file: string): Promise<Record<string, string>> {
  const port = await freePort()
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    TZ: 'UTC',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    APP_URL: `http://127.0.0.1:${port}`,
    APP_KEY: randomBytes(24).toString('base64'),
    LOG_LEVEL: 'error',
    DB_CONNECTION: 'sqlite',
    DATABASE_URL: `sqlite:${file}`,
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    SCHEDULER_ENABLED: 'false',
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function createPerson(env: Record<string, string>): string {
  const args = ['ace.js', 'user:create', `--email=${EMAIL}`, '--role=admin', '--json']
  const output = execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' })
  return (JSON.parse(output) as { password: string }).password
}

function organizationOf(file: string): string {
  const db = new Database(file, { readonly: true })
  const { id } = db.prepare('SELECT id FROM organizations').get() as { id: string }
  db.close()
  return id
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const patience = performance.now() + STARTS_WITHIN
  while (performance.now() < patience && server.exitCode === null) {
    const response = await fetch(`${url}/login`).catch(() => null)
    if (response?.ok) return
    await sleep(100)
  }
  throw new Error('the web process did not start')
}

/** Signs in by the form, as a browser does; returns the cookies. */
async function signIn(url: string, password: string): Promise<string> {
  const form = await fetch(`${url}/login`)
  const token = /name=["']_csrf["'][^>]*value=["']([^"']+)/.exec(await form.text())?.[1] ?? ''
  const response = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookiesOf(form) },
    body: new URLSearchParams({ _csrf: token, email: EMAIL, password }),
  })
  if (response.status !== 303) throw new Error(`signing in was answered with ${response.status}`)
  return cookiesOf(response)
}

function cookiesOf(response: Response): string {
  const cookies = response.headers.getSetCookie()
  return cookies.map((cookie) => cookie.slice(0, cookie.indexOf(';'))).join('; ')
}

async function page(url: string, cookie: string): Promise<string> {
  const response = await fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
  if (response.status !== 200) throw new Error(`${url} was answered with ${response.status}`)
  return response.text()
}
