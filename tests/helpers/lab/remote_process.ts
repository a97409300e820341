import { fork, type ChildProcess } from 'node:child_process'
import { compileCache, compiledModule } from '#tests/helpers/compiled'

const ROOT = new URL('../../../', import.meta.url)

type Handler = (argument: never) => unknown

interface Call {
  id: number
  method: string
  argument: unknown
}

interface Reply {
  id: number
  result?: unknown
  error?: string
}

/** How a process ended. */
export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface StartOptions {
  /** Handed to the process; it reads them with `settings()`. */
  settings: object
  env?: Record<string, string>
  /** Out of our process group, so that a signal to us never reaches it. */
  detached?: boolean
  uid?: number
}

/** The settings with which this process was started. */
export function settings<T>(): T {
  return JSON.parse(process.env.LAB_SETTINGS ?? '{}') as T
}

/** Answers the parent's calls by name, until the parent is gone. */
export function serve(handlers: Record<string, Handler>): void {
  process.on('message', (call: Call) => void answer(handlers, call))
  process.on('disconnect', () => process.exit())
  process.send?.({ id: 0 })
}

async function answer(handlers: Record<string, Handler>, { id, method, argument }: Call): Promise<void> {
  const send = (reply: Reply) => process.send?.(reply)
  try {
    send({ id, result: await handlers[method](argument as never) })
  } catch (error) {
    send({ id, error: String((error as Error).stack) })
  }
}

/** A Node process of its own that answers calls. A call that its process does not live to answer rejects. */
export class RemoteProcess {
  readonly exited: Promise<Ending>
  readonly #ready = Promise.withResolvers<unknown>()
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  #last = 0

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        for (const call of [this.#ready, ...this.#calls.values()])
          call.reject(new Error(`the process ended with ${signal ?? code}`))
        resolve({ code, signal })
      })
    })
    this.#ready.promise.catch(() => {})
    this.#calls.set(0, this.#ready)
    child.on('message', (reply: Reply) => this.#settle(reply))
  }

  static start(module: URL, { settings: given, env, detached, uid }: StartOptions): RemoteProcess {
    const child = fork(compiledModule(module), {
      cwd: ROOT,
      detached,
      uid,
      env: { ...process.env, ...compileCache(), ...env, LAB_SETTINGS: JSON.stringify(given) },
    })
    return new RemoteProcess(child)
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** Resolves when its modules are loaded and it listens for calls. */
  ready(): Promise<unknown> {
    return this.#ready.promise
  }

  async call<T>(method: string, argument: unknown = null): Promise<T> {
    await this.#ready.promise
    const id = ++this.#last
    const call = Promise.withResolvers<unknown>()
    this.#calls.set(id, call)
    this.child.send({ id, method, argument } satisfies Call, (error) => error && call.reject(error))
    return (await call.promise) as T
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** Sends the signal, unless it has ended already, and waits for its end. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ending> {
    this.child.kill(signal)
    return this.exited
  }

  #settle({ id, result, error }: Reply): void {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    if (error === undefined) call?.resolve(result)
    else call?.reject(new Error(error))
  }
}
