import { fork } from 'node:child_process'

/** Starts the token endpoint beside us; `delay` and `jitter` are milliseconds. */
export async function startTokenEndpoint(
  delay: number,
  jitter = 0
): Promise<{ url: string; close: () => void }> {
  const child = fork(new URL('./token_endpoint.ts', import.meta.url), {
    env: { ...process.env, DELAY: String(delay), JITTER: String(jitter) },
    execArgv: ['--import=@poppinss/ts-exec'],
  })
  const port = await new Promise<number>((resolve) =>
    child.once('message', (message) => resolve(Number(message)))
  )
  return { url: `http://127.0.0.1:${port}/token`, close: () => child.disconnect() }
}
