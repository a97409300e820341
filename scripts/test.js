/**
 * Runs the tests. Without arguments the browser's suite runs beside the others, on a machine with two processors or
 * more: pages spend their time waiting. Arguments go to the runner as they are, in one process.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'

const RUNNER = ['--import=@poppinss/ts-exec', '--enable-source-maps', 'bin/test.ts']
const args = process.argv.slice(2)
const children = []

/** Resolves with the exit code; a lane whose output is kept prints it when it has ended. */
function lane(suites, keep) {
  const child = spawn(process.execPath, [...RUNNER, ...suites], {
    stdio: ['inherit', keep ? 'pipe' : 'inherit', keep ? 'pipe' : 'inherit'],
  })
  children.push(child)
  const output = []
  for (const stream of keep ? [child.stdout, child.stderr] : [])
    stream.on('data', (part) => output.push(part))
  return new Promise((resolve) => {
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 143), output: Buffer.concat(output) })
    )
  })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => children.forEach((child) => child.kill(signal)))
}

if (args.length > 0 || availableParallelism() < 2) {
  process.exitCode = (await lane(args, false)).code
} else {
  const browser = lane(['browser'], true)
  const others = await lane(['unit', 'functional'], false)
  console.log('The browser suite, which ran meanwhile:')
  const { code, output } = await browser
  process.stdout.write(output)
  process.exitCode = others.code || code
}
