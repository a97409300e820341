/** A worker of the laboratory: our engine in a process of its own, steered by its parent. */
import '#tests/helpers/lab/without_framework'
import type { TokenSelector } from '#services/token_manager/selector'
import type { TokenManager } from '#services/token_manager/token_manager'
import type { RefreshRequest } from '#token_refresh/types'
import type { WorkerPoint } from '#tests/helpers/lab/kill_points'
import type { WorkerSettings } from '#tests/helpers/lab/worker_process'
import { serve, settings } from '#tests/helpers/lab/remote_process'

const { Detonator, detonatingDriver } = await import('#tests/helpers/lab/kill_points')
const { LabClock } = await import('#tests/helpers/lab/lab_clock')
const { labEngine } = await import('#tests/helpers/lab/lab_engine')
const { openPostgresDriver } = await import('#store/postgres_driver')
const { openSqliteDriver } = await import('#store/sqlite_driver')

const { place, endpoint, providers, seed, ownClock, ...limits } = settings<WorkerSettings>()
const clock = new LabClock()
const detonator = new Detonator()
let engine: ReturnType<typeof labEngine> | null = null
let tokens: TokenManager | null = null

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
    sleep: clock.sleep,
    endpoint,
    labProviders,
    seed,
    ...limits,
  })
  return engine.workers.register()
}

/** The token manager beside the engine; most workers have none. */
async function openTokens(redisPort: number | null): Promise<void> {
  const { labTokens } = await import('#tests/helpers/lab/lab_tokens')
  tokens = await labTokens(running(), place, clock, redisPort)
}

async function readTokens({ selector, callers }: { selector: TokenSelector; callers: number }) {
  const reads = Array.from({ length: callers }, () => tokens?.getValidAccessToken(selector))
  return (await Promise.all(reads)).map((token) => token?.accessToken.reveal())
}

async function stop(): Promise<void> {
  await engine?.close()
  process.exit(0)
}

process.on('SIGTERM', () => void stop())

serve({
  open,
  openTokens,
  readTokens,
  sweep: () => running().refresh.refreshDue(),
  refresh: ({ ids, request }: { ids: string[]; request: RefreshRequest }) =>
    Promise.all(ids.map((id) => running().refresh.refreshOne(id, request))),
  advance: (milliseconds: number) => clock.advance(milliseconds),
  step: (milliseconds: number) => clock.step(milliseconds),
  arm: ({ point, after }: { point: WorkerPoint; after: number }) => detonator.arm(point, after),
})
