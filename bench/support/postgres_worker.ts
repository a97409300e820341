/** A process that sweeps on PostgreSQL whenever it is told to, and answers with how many it refreshed. */
import { tmpdir } from 'node:os'
import { boot } from './boot.js'

const [url, endpoint, seed, width] = process.argv.slice(2)
await boot(tmpdir())
const { openPostgresDriver } = await import('#store/postgres_driver')
const { startBenchEngine } = await import('./engine.js')

const engine = await startBenchEngine({
  driver: openPostgresDriver(url),
  tokenEndpoint: endpoint,
  seed: Number(seed),
  concurrency: Number(width),
})
process.on('message', async () => {
  const { refreshed, failed } = await engine.refresh.refreshDue()
  if (failed > 0) throw new Error(`${failed} refreshes failed`)
  process.send?.(refreshed)
})
process.on('disconnect', async () => {
  await engine.close()
  process.exit()
})
process.send?.('ready')
