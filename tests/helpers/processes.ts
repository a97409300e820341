import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { compileCache, compiled } from '#tests/helpers/compiled'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Where processes of this test run keep their databases. */
export const FOLDER = join(ROOT, `tmp/start-${process.pid}`)

/** Each child carries this in its environment, so that what it leaves behind is found. */
const MARK = `EVERGRANT_TEST_RUN=${process.pid}-${process.hrtime.bigint()}`

type Environment = Record<string, string>

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A process of ours as a user would start it. */
export class Running {
  #stdout = ''
  #stderr = ''
  readonly ended: Promise<Ended>

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text) => (this.#stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text) => (this.#stderr += text))
    this.ended = once(child, 'close').then(([code, signal]) => ({
      code,
      signal,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }))
  }

  get output(): string {
    return `${this.#stdout}\n${this.#stderr}`
  }

  /** Waits until the output holds what the pattern describes. */
  async saw(pattern: RegExp, patience = 20_000): Promise<RegExpExecArray> {
    const until = Date.now() + patience
    for (;;) {
      const match = pattern.exec(this.output)
      if (match) return match
      if (Date.now() > until || this.child.exitCode !== null) {
        throw new Error(`${pattern} did not appear in:\n${this.output}`)
      }
      await sleep(20)
    }
  }

  /** Sends a signal and tells how the process ended and after how many milliseconds. */
  async stop(signal: NodeJS.Signals): Promise<Ended & { took: number }> {
    const since = Date.now()
    this.child.kill(signal)
    const ended = await this.ended
    return { ...ended, took: Date.now() - since }
  }
}

/** An environment of its own: nothing of this process's and nothing of a developer's `.env`. */
export async function freshEnvironment(values: Environment = {}): Promise<Environment> {
  mkdirSync(FOLDER, { recursive: true })
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const [mark, own] = MARK.split('=')
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? FOLDER,
    ENV_PATH: FOLDER,
    [mark]: own,
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    APP_URL: `http://127.0.0.1:${port}`,
    APP_KEY: 'test-only-key-that-signs-nothing-of-worth',
    LOG_LEVEL: 'info',
    DB_CONNECTION: 'sqlite',
    DATABASE_URL: `sqlite:${join(FOLDER, `${port}.sqlite3`)}`,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    ...values,
  }
}

/** The same with a database that has its tables. */
export async function migrated(values: Environment = {}): Promise<Environment> {
  const env = await freshEnvironment(values)
  copyFileSync(await emptyDatabase(), env.DATABASE_URL.replace('sqlite:', ''))
  return env
}

let template: Promise<string> | undefined

/** A SQLite database with its tables and nothing in them, to be copied; made once for all test runs. */
export const emptyDatabase = () => (template ??= makeTemplate())

async function makeTemplate(): Promise<string> {
  const done = join(compiled(), 'empty.sqlite3')
  if (existsSync(done)) return done
  const draft = `${done}.${process.pid}`
  const env = await freshEnvironment({ DATABASE_URL: `sqlite:${draft}` })
  const { code, stderr } = await ace(['migration:run', '--force'], env).ended
  if (code !== 0) throw new Error(stderr)
  renameSync(draft, done)
  return done
}

/** The web process. */
export const serve = (env: Environment) => startCompiled('bin/server.js', [], env)

/** A command, as an installation runs it. */
export const ace = (args: readonly string[], env: Environment) => startCompiled('ace.js', args, env)

/** A command, typed in a shell: from source, with the Node that is installed there, which may be an older one. */
export const typed = (args: readonly string[], env: Environment) =>
  start(systemNode(), ['ace.js', ...args], env)

/** Runs a program of ours, compiled, with the Node of this process, as the npm scripts do. */
function startCompiled(program: string, args: readonly string[], env: Environment): Running {
  return start(process.execPath, [join(compiled(), program), ...args], { ...compileCache(), ...env })
}

function start(program: string, args: readonly string[], env: Environment): Running {
  return new Running(spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** The first Node of the PATH that npm has not put there; this process's own where there is none. */
export function systemNode(): string {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file)) ?? process.execPath
}

/** A port of loopback that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Opens a connection and sends a text. */
export async function say(port: string, text: string) {
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

/**
 * Ends the processes that this test run has started and not stopped, grandchildren included, and tells their command
 * lines. Without /proc nobody can tell.
 */
export function endWhatIsLeft(): string[] {
  const numbers = existsSync('/proc/self/environ')
    ? readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    : []
  const left = numbers.filter((pid) => read(`/proc/${pid}/environ`).includes(MARK))
  return left.map((pid) => {
    const command = read(`/proc/${pid}/cmdline`)
    process.kill(Number(pid), 'SIGKILL')
    return command
  })
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}
