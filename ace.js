/**
 * The `node ace` entry point. Node 24 comes with the dependencies; a shell that
 * has an older one hands over to it and passes signals and the exit code through.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const localNode = fileURLToPath(new URL('./node_modules/node/bin/node', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import('@poppinss/ts-exec')
  await import('./bin/console.ts')
} else if (existsSync(localNode)) {
  const { spawn } = await import('node:child_process')
  const args = [...process.execArgv, ...process.argv.slice(1)]
  const child = spawn(localNode, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('exit', (code, signal) => {
    process.removeAllListeners(signal ?? '')
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
} else {
  console.error('Evergrant needs its dependencies: run "npm ci" in this directory, then try again.')
  process.exit(1)
}
