/**
 * `npm run bench` takes every measure and writes the samples and the report; `npm run bench -- sweep-50 memory` takes the
 * ones named and prints what they reach. `--out=<file>` writes the samples of any run elsewhere, `--scale=0.1` tries
 * everything out with a tenth of the work. `--gate` takes few rounds, goes by the figures alone that a busy machine does
 * not change, and ends with 1 where one of them misses its target.
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { format } from 'prettier'
import { SAMPLES, writeReport } from './report.js'
import { chosenMeasures } from './support/catalogue.js'
import { askChild } from './support/children.js'
import { installPeers } from './support/peers.js'
import { thisMachine } from './support/machine.js'
import { written, writtenTarget } from './support/numbers.js'
import { gateOf, missingOf, resultsOf } from './support/results.js'
import type { Measured, SamplesFile } from './support/types.js'

const SEED = 1
const ROUNDS = 5
const GATE_ROUNDS = 2
/** Measures that compare with other libraries; those are installed when the first of these is taken. */
const WITH_PEERS = new Set(['on-demand', 'token-read'])

const say = (text: string) => void process.stderr.write(`${text}\n`)

async function take(names: readonly string[], scale: number, gate: boolean): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'evergrant-bench-'))
  const rounds = gate ? GATE_ROUNDS : ROUNDS
  const settings = JSON.stringify({ folder, seed: SEED, rounds, scale, onlyTargets: gate })
  const measures: Measured[] = []
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const name of names) {
    say(`${name} …`)
    const measured = await askChild<Measured>('./run_measure.ts', [name, settings])
    say(`${name} took ${measured.seconds} s`)
    measures.push(measured)
  }
  return measures
}

/** Numbers with as many digits as a clock deserves, one series in few lines. */
async function toText(samples: SamplesFile): Promise<string> {
  const short = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value
  return format(JSON.stringify(samples, short), { parser: 'json', printWidth: 110 })
}

function print(measures: readonly Measured[]): void {
  const results = measures.flatMap(resultsOf)
  for (const { figure, reached, min, max, met } of results) {
    const { title, unit, target } = figure
    const wanted = target ? `, target ${writtenTarget(target, unit)}${met ? '' : ', MISSED'}` : ''
    console.log(
      `${title}: ${written(reached, unit)} (${written(min, unit)} to ${written(max, unit)})${wanted}`
    )
  }
  for (const note of measures.flatMap(({ name, notes }) => notes.map((text) => `${name}: ${text}`)))
    console.log(note)
  const missed = results.filter(({ met }) => met === false).map(({ figure }) => figure.title)
  const absent = measures.flatMap(missingOf).map(({ title }) => `${title} (not measured)`)
  console.log(
    missed.length + absent.length > 0
      ? `Targets missed:\n${[...missed, ...absent].map((title) => `- ${title}`).join('\n')}`
      : 'Every target is met.'
  )
}

/** Says what the gate goes by. Without any such figure it is not passed. */
function printGate(measures: readonly Measured[]): boolean {
  const judged = gateOf(measures)
  for (const { figure, best, met } of judged) {
    const reached = best === null ? 'not measured' : written(best, figure.unit)
    const wanted = writtenTarget(figure.target, figure.unit)
    console.log(`${figure.title}: ${reached}, target ${wanted}${met ? '' : ', MISSED'}`)
  }
  if (judged.length === 0) console.log('None of these measures has a figure for the gate.')
  return judged.length > 0 && judged.every(({ met }) => met)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    scale: { type: 'string', default: '1' },
    gate: { type: 'boolean', default: false },
  },
})
const scale = Number(values.scale)
const names = chosenMeasures(positionals)
const problem = names.some((name) => WITH_PEERS.has(name)) ? installPeers() : null
if (problem) say(`The other libraries could not be installed, so their columns will be missing: ${problem}`)
const measures = await take(names, scale, values.gate)
const samples = { machine: thisMachine(new Date()), command: 'npm run bench', seed: SEED, measures }
const whole = positionals.length === 0 && scale === 1 && !values.gate
if (values.out) await writeFile(values.out, await toText(samples))
else if (whole) {
  await mkdir(new URL('.', SAMPLES), { recursive: true })
  await writeFile(SAMPLES, await toText(samples))
  await writeReport()
}
if (values.gate) process.exitCode = printGate(measures) ? 0 : 1
else print(measures)
