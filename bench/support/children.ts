import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Starts a script of this folder in a process of its own, with garbage collection at hand. */
export function startChild(script: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  return fork(new URL(script, import.meta.url), args, {
    env: { ...process.env, ...env },
    execArgv: ['--import=@poppinss/ts-exec', '--expose-gc', '--max-semi-space-size=8'],
    serialization: 'advanced',
  })
}

/** The next message of a child. A child that ends without one has failed, and its errors stand on stderr. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const abort = new AbortController()
  const { signal } = abort
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a child (${child.spawnargs.slice(3).join(' ')}) ended with ${code} before it answered`)
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended])
    return message as T
  } finally {
    ended.catch(() => {})
    abort.abort()
  }
}

/** Runs a script of this folder to its only message. */
export async function askChild<T>(script: string, args: readonly string[], env = {}): Promise<T> {
  const child = startChild(script, args, env)
  const exit = once(child, 'exit')
  const answer = await nextMessage<T>(child)
  await exit
  return answer
}
