/**
 * `npm run demo`: the application with two hundred accounts at simulated vendors, on loopback, until SIGINT or SIGTERM. It
 * has a folder of its own and touches no other environment or database. Exit codes: 0 ended by a signal, 1 not started,
 * 2 bad usage.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDoors } from './demo_doors.js'
import { hasDemo, isFree, prepare, slowDown } from './demo_settings.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const USAGE = 'Use: npm run demo -- [--port=3333] [--folder=tmp/demo] [--keep] [--compiled=FOLDER]'
const children = new Set()
let isStopping = false

/** A sentence for whoever started it. */
class NotStarted extends Error {}

function parse(args) {
  const options = {
    port: { type: 'string', default: '3333' },
    folder: { type: 'string', default: 'tmp/demo' },
    keep: { type: 'boolean', default: false },
    // Where `ace.js`, `bin` and `simulator` lie compiled; without it they run from source.
    compiled: { type: 'string' },
  }
  const { values } = parseArgs({ args, options })
  const port = Number(values.port)
  if (!/^\d{1,5}$/.test(values.port) || port < 1 || port > 65_535) {
    throw new Error(`--port must be a number from 1 to 65535, not "${values.port}"`)
  }
  return { ...values, folder: resolve(ROOT, values.folder) }
}

/** The arguments for Node that run one of our programs. */
function program(compiled, name) {
  if (name === 'ace') return [join(compiled ?? ROOT, 'ace.js')]
  return compiled ? [join(compiled, `${name}.js`)] : ['--import=@poppinss/ts-exec', `${name}.ts`]
}

/** Starts one of our programs. `hear` gets what it says on stdout; the rest goes to the terminal. */
function start({ env, compiled }, name, args, { hear, stderr = 'inherit' } = {}) {
  const stdio = ['ignore', hear ? 'pipe' : 'inherit', stderr]
  const child = spawn(process.execPath, [...program(compiled, name), ...args], { cwd: ROOT, env, stdio })
  children.add(child)
  child.once('exit', () => children.delete(child))
  if (hear) child.stdout.setEncoding('utf8').on('data', hear)
  return child
}

/** Runs a command to its end; rejects where it fails. Returns what it printed. */
async function ace(demo, ...args) {
  let printed = ''
  const [code] = await once(start(demo, 'ace', args, { hear: (text) => (printed += text) }), 'exit')
  if (code !== 0) throw new NotStarted(`node ace ${args[0]} ended with ${code}.\n${printed}`)
  return printed
}

async function startSimulator(demo, folder) {
  const args = ['--port=0', `--write-providers-file=${join(folder, 'providers.json')}`]
  const child = start(demo, 'simulator/main', args, { stderr: 'pipe' })
  let told = ''
  const listens = new Promise((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      const [, origin] = /listens on (\S+?)\. /.exec((told += text)) ?? []
      if (origin && told.includes('/_control/log')) resolve(origin)
    })
  })
  const origin = await Promise.race([listens, once(child, 'exit').then(() => null)])
  if (!origin) throw new NotStarted(`The simulator did not start.\n${told}`)
  return origin
}

function greet({ port, keep, folder }, printed) {
  const { staff = [], password } = keep ? {} : JSON.parse(printed)
  const lines = [
    `Evergrant demo   http://localhost:${port}`,
    ...staff.map(({ email, role }) => `${role.padEnd(16)} ${email}`),
    password
      ? `Password         ${password}   (of all of them, shown once)`
      : 'Password         as at the first start',
    `Commands         ENV_PATH=${folder} node ace connection:list --organization=aurora`,
    'Ctrl+C stops it. --keep goes on with the same accounts next time.',
  ]
  process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`)
}

async function serve(demo) {
  const server = start(demo, 'bin/server', [], { hear: () => undefined })
  const ready = new Promise((resolve) => {
    let heard = ''
    server.stdout.on('data', (text) => /Evergrant {3}\S+\n[^]*\n\n/.test((heard += text)) && resolve('ready'))
  })
  const ended = once(server, 'exit')
  if ((await Promise.race([ready, ended])) !== 'ready') throw new NotStarted('The application did not start.')
  // In an object: a promise by itself would be waited for here.
  return { ended }
}

async function run(options) {
  const { folder, keep } = options
  if (keep && !hasDemo(folder))
    throw new NotStarted(`There is no demo in ${folder} to go on with; leave out --keep.`)
  if (!(await isFree(options.port)))
    throw new NotStarted(`Port ${options.port} is taken; give another one with --port.`)
  const doors = await openDoors()
  const demo = { env: await prepare(folder, options, doors), compiled: options.compiled }
  const [simulator] = await Promise.all([startSimulator(demo, folder), ace(demo, 'migration:run', '--force')])
  doors.simulator = simulator
  slowDown(folder, doors)
  const places = [`--simulator=${simulator}`, `--receiver=${doors.origin}`]
  const printed = await ace(demo, 'demo:seed', ...places, keep ? '--resume' : '--json')
  const { ended } = await serve(demo)
  greet(options, printed)
  const [code] = await ended
  if (code !== 0 && !isStopping) throw new NotStarted(`The application ended with ${code}.`)
}

function stop() {
  isStopping = true
  children.forEach((child) => child.kill('SIGTERM'))
}

async function main() {
  let options
  try {
    options = parse(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error.message.replace(/\.$/, '')}. ${USAGE}\n`)
    return 2
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
  try {
    await run(options)
    return 0
  } catch (error) {
    if (isStopping) return 0
    process.stderr.write(`${error instanceof NotStarted ? error.message : error.stack}\n`)
    return 1
  } finally {
    stop()
    await Promise.all([...children].map((child) => once(child, 'exit')))
  }
}

process.exit(await main())
