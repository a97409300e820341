import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import pg from 'pg'
import { compileCache, compiled, compiledModule } from '#tests/helpers/compiled'
import { postgresUrl } from '#tests/helpers/engine_fixture'
import { migrate } from '#tests/helpers/lucid_connection'
import { emptyDatabase } from '#tests/helpers/processes'

export interface CommandResult {
  code: number
  stdout: string
  stderr: string
}

/**
 * An installation of its own, as an operator has one: an environment, a database and processes. Everything is real; the
 * end of the test removes it.
 */
export class Installation {
  #processes: ChildProcess[] = []

  private constructor(
    readonly folder: string,
    readonly environment: Record<string, string>,
    private readonly dropDatabase: () => Promise<void>
  ) {}

  static async create(
    cleanup: (work: () => Promise<void>) => void,
    options: { dialect?: 'sqlite' | 'postgres'; environment?: Record<string, string> } = {}
  ): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'evergrant-'))
    const [port, sandboxPort] = [await freePort(), await freePort()]
    const database = options.dialect === 'postgres' ? await createDatabase() : null
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      TZ: 'UTC',
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: String(port),
      APP_URL: `http://127.0.0.1:${port}`,
      APP_KEY: randomBytes(24).toString('base64'),
      LOG_LEVEL: 'info',
      DB_CONNECTION: database ? 'pg' : 'sqlite',
      DATABASE_URL: database?.url ?? `sqlite:${join(folder, 'evergrant.sqlite3')}`,
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      PROVIDERS_FILE: '',
      SANDBOX_PORT: String(sandboxPort),
      SCHEDULER_ENABLED: 'true',
      ...options.environment,
    }
    const installation = new Installation(folder, environment, async () => database?.drop())
    cleanup(() => installation.remove())
    return installation
  }

  get url(): string {
    return this.environment.APP_URL
  }

  get sandboxUrl(): string {
    return `http://127.0.0.1:${this.environment.SANDBOX_PORT}`
  }

  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name)
    await writeFile(path, text)
    return path
  }

  /** Gives its database the tables, as `migration:run` makes them. */
  async migrate(): Promise<void> {
    const url = this.environment.DATABASE_URL
    if (url.startsWith('sqlite:')) await copyFile(await emptyDatabase(), url.slice('sqlite:'.length))
    else await migrate(url)
  }

  /** Runs an ace command to its end. */
  ace(...args: string[]): Promise<CommandResult> {
    return this.#run(join(compiled(), 'ace.js'), args)
  }

  /** Runs several ace commands one after the other in one process, where it is not each one's process that matters. */
  aceEach(lines: string[][]): Promise<CommandResult> {
    return this.#run(compiledModule(new URL('ace_each.ts', import.meta.url)), [JSON.stringify(lines)])
  }

  #run(program: string, args: string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      const env = { ...compileCache(), ...this.environment }
      const options = { cwd: app.makePath(), env, maxBuffer: 64 * 1024 * 1024 }
      execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr })
      })
    })
  }

  /** Starts the web process and waits until it says where to sign in. Resolves with what it printed. */
  async serve(): Promise<string> {
    const env = { ...compileCache(), ...this.environment }
    const child = spawn(process.execPath, [join(compiled(), 'bin/server.js')], { cwd: app.makePath(), env })
    this.#processes.push(child)
    let output = ''
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk
        if (/Sign in .*\n/.test(output) && output.includes('Sandbox     ')) resolve(output)
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)))
    })
  }

  /** Stops the web process as a supervisor would; resolves with its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#processes.pop()
    if (!child || child.exitCode !== null) return child?.exitCode ?? null
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    child.kill(signal)
    return ended
  }

  async remove(): Promise<void> {
    while (this.#processes.length > 0) await this.stop('SIGKILL')
    await this.dropDatabase()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `evergrant_${randomUUID().replaceAll('-', '')}`
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: postgresUrl })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await run(`CREATE DATABASE ${name}`)
  const url = new URL(postgresUrl ?? '')
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) }
}
