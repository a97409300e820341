import ace from '@adonisjs/core/services/ace'

export interface AceResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command of ours within this process, on its database, and keeps what it prints. */
export async function aceHere(name: string, ...args: string[]): Promise<AceResult> {
  await ace.boot()
  const result = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((stream) => {
    const { write } = process[stream]
    process[stream].write = (chunk: string | Uint8Array) => {
      result[stream] += String(chunk)
      return true
    }
    return () => void (process[stream].write = write)
  })
  const listeners = process.stdout.listeners('error')
  try {
    const command = await ace.exec(name, args)
    if (command.error) throw command.error
    return { code: command.exitCode ?? 0, ...result }
  } finally {
    for (const one of process.stdout.listeners('error').filter((listener) => !listeners.includes(listener)))
      process.stdout.off('error', one as () => void)
    for (const back of restore) back()
  }
}
