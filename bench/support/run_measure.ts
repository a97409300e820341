/** One measure in a process of its own; tells its progress on stderr and its samples to the process that started it. */
import { boot } from './boot.js'
import type { Context, Measure, Measured } from './types.js'

const [name, settings] = process.argv.slice(2)
const context: Context = {
  ...(JSON.parse(settings) as Omit<Context, 'progress'>),
  progress: (text) => void process.stderr.write(`  ${name}: ${text}\n`),
}
// Without whoever asked there is nobody to tell.
process.on('disconnect', () => process.exit(1))
await boot(context.folder)
const { measure } = (await import(`../measures/${name.replaceAll('-', '_')}.js`)) as { measure: Measure }
const started = performance.now()
const { series, notes } = await measure.run(context)
const measured: Measured = {
  name,
  command: `npm run bench -- ${name}`,
  how: measure.how,
  figures: measure.figures,
  seconds: Math.round((performance.now() - started) / 1000),
  series,
  notes,
}
process.send?.(measured, () => process.exit())
