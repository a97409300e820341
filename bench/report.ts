import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { format } from 'prettier'
import { chart } from './support/chart.js'
import { written, writtenTarget } from './support/numbers.js'
import { missingOf, resultsOf, type Result } from './support/results.js'
import type { Measured, SamplesFile } from './support/types.js'

const DOCS = new URL('../docs/', import.meta.url)

/** Where the samples lie and what is derived from them. */
export const SAMPLES = new URL('benchmarks/samples.json', DOCS)
export const REPORT = new URL('benchmarks.md', DOCS)
export const CHART = new URL('benchmarks/ratios.svg', DOCS)

/** The report and its chart. They follow from the samples alone: the same samples give the same bytes. */
export async function derive(samples: SamplesFile): Promise<{ report: string; chart: string }> {
  const results = samples.measures.flatMap(resultsOf)
  const text = [
    ...heading(samples),
    ...table(samples, results),
    ...samples.measures.flatMap(section),
    '',
  ].join('\n')
  return { report: await format(text, { parser: 'markdown' }), chart: chart(results) }
}

function heading({ machine, command, seed }: SamplesFile): string[] {
  const { processor, cores, memory, system, node, date } = machine
  return [
    '# Benchmarks',
    '',
    'Derived from [the raw samples](benchmarks/samples.json) by `bench/report.ts`; a test compares the two. Contestants run',
    'side by side in one run, in alternating order; a figure is the median over the rounds, and ratios are the results,',
    'since timings belong to a machine.',
    '',
    `Taken on ${date}: ${processor}, ${cores} cores, ${memory}, ${system}, Node ${node.slice(1)}. Seed ${seed}.`,
    `All of it again: \`${command}\`.`,
    '',
    '![Each figure beside its target](benchmarks/ratios.svg)',
    '',
  ]
}

function table({ measures }: SamplesFile, results: readonly Result[]): string[] {
  const rows = results.map(
    ({ figure: { title, unit, target }, reached, met, measure }) =>
      `| ${title} | ${written(reached, unit)} | ${writtenTarget(target, unit)} | ${verdict(met)} | \`npm run bench -- ${measure}\` |`
  )
  const missing = measures.flatMap((measured) =>
    missingOf(measured).map(
      ({ title, unit, target }) =>
        `| ${title} | not measured | ${writtenTarget(target, unit)} | — | \`${measured.command}\` |`
    )
  )
  return ['| measure | reached | target | met? | command |', '|---|---|---|---|---|', ...rows, ...missing, '']
}

function verdict(met: boolean | null): string {
  return met === null ? '—' : met ? 'yes' : '**no**'
}

function section(measured: Measured): string[] {
  const spreads = resultsOf(measured).map(({ figure: { title, unit }, reached, min, max, rounds }) => {
    const spread = `${written(min, unit)} to ${written(max, unit)} in ${rounds} rounds`
    return `- ${title}: ${written(reached, unit)} (${rounds === 1 ? 'one run' : spread})`
  })
  const missed = resultsOf(measured).flatMap(({ figure: { title, whyMissed }, met }) =>
    met === false ? [`- **Missed**: ${title}. ${whyMissed ?? ''}`] : []
  )
  const notes = measured.notes.map((note) => `- ${note}`)
  return [`## ${measured.name}`, '', measured.how, '', ...spreads, ...missed, ...notes, '']
}

/** Reads the samples and writes what follows from them. */
export async function writeReport(): Promise<void> {
  const derived = await derive(JSON.parse(await readFile(SAMPLES, 'utf8')) as SamplesFile)
  await writeFile(REPORT, derived.report)
  await writeFile(CHART, derived.chart)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeReport()
