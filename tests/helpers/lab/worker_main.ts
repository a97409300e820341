/** A worker of the laboratory: our engine in a process of its own, steered by its parent. */
import { registerHooks } from 'node:module'
import type { RefreshRequest } from '#token_refresh/types'
import type { WorkerPoint } from '#tests/helpers/lab/kill_points'
import type { WorkerSettings } from '#tests/helpers/lab/worker_process'
import { serve, settings } from '#tests/helpers/lab/remote_process'

// A worker neither connects accounts nor keeps runs, and these two would bring the whole framework along: half of the
// time that a process takes to start, once for each kill.
const UNUSED = ['#services/connection_service', '#services/run_service']
const STUB = 'data:text/javascript,export class ConnectionService {}; export class RunService {}'
registerHooks({
  resolve: (specifier, context, next) =>
    UNUSED.includes(specifier) ? { url: STUB, shortCircuit: true } : next(specifier, context),
})

const { Detonator, detonatingDriver } = await import('#tests/helpers/lab/kill_points')
const { LabClock } = await import('#tests/helpers/lab/lab_clock')
const { labEngine } = await import('#tests/helpers/lab/lab_engine')
const { openPostgresDriver } = await import('#token_refresh/postgres_driver')
const { openSqliteDriver } = await import('#token_refresh/sqlite_driver')

const { place, endpoint, providers, seed, ownClock, ...limits } = settings<WorkerSettings>()
const clock = new LabClock()
const detonator = new Detonator()
let engine: ReturnType<typeof labEngine> | null = null

function running() {
  if (!engine) throw new Error('the worker is not open')
  return engine
}

/** Builds the engine and takes over what dead workers of this host hold; returns how many claims that was. */
async function open(offset: number): Promise<number> {
  clock.offset = offset
  const driver =
    place.dialect === 'sqlite'
      ? openSqliteDriver(place.file, clock)
      : openPostgresDriver(place.url, ownClock ? null : clock)
  const labProviders = providers
  engine = labEngine({
    driver: detonatingDriver(driver, detonator),
    clock,
    endpoint,
    labProviders,
    seed,
    ...limits,
  })
  return engine.workers.register()
}

async function stop(): Promise<void> {
  await engine?.close()
  process.exit(0)
}

process.on('SIGTERM', () => void stop())

serve({
  open,
  sweep: () => running().refresh.refreshDue(),
  refresh: ({ ids, request }: { ids: string[]; request: RefreshRequest }) =>
    Promise.all(ids.map((id) => running().refresh.refreshOne(id, request))),
  advance: (milliseconds: number) => clock.advance(milliseconds),
  step: (milliseconds: number) => clock.step(milliseconds),
  arm: ({ point, after }: { point: WorkerPoint; after: number }) => detonator.arm(point, after),
})
