/**
 * Runs the tests. Without arguments those of every day, with `--with-faults` the fault laboratory, too: in groups, as
 * many beside each other as there are processors, each in a process with databases and ports of its own. Any other
 * arguments go to the runner as they are, in one process.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { laneDatabases } from './test_databases.js'
import { testGroups } from './test_groups.js'
import { TestReport } from './test_report.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const RUNNER = ['--import=@poppinss/ts-exec', '--enable-source-maps', 'bin/test.ts']
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }
const children = new Set()
let stopped = 0

for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    stopped = code
    children.forEach((child) => child.kill(signal))
  })
}

/** Starts the runner; resolves with its exit code. What it says goes to the terminal, or to `hear`. */
function run(args, { env = {}, hear } = {}) {
  const output = hear ? 'pipe' : 'inherit'
  const child = spawn(process.execPath, [...RUNNER, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['inherit', output, output],
  })
  children.add(child)
  for (const stream of hear ? [child.stdout, child.stderr] : []) stream.setEncoding('utf8').on('data', hear)
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      children.delete(child)
      resolve(code ?? SIGNALS[signal] ?? 1)
    })
  })
}

/** Takes groups until there are none. */
async function lane(queue, env, report) {
  while (queue.length > 0 && !stopped) {
    const group = report.begin(queue.shift())
    report.end(group, await run(group.args, { env, hear: (text) => report.hear(group, text) }))
  }
}

async function inGroups(options) {
  const queue = testGroups(ROOT, options)
  const lanes = Math.min(availableParallelism(), queue.length)
  const databases = await laneDatabases(lanes)
  const report = new TestReport(process.stdout, queue.length, lanes)
  try {
    await Promise.all(databases.environments.map((env) => lane(queue, { ...report.colours, ...env }, report)))
  } finally {
    await databases.drop()
  }
  return stopped || report.finish()
}

const args = process.argv.slice(2)
const faults = args.join(' ') === '--with-faults'
process.exitCode = args.length > 0 && !faults ? await run(args) : await inGroups({ faults })
