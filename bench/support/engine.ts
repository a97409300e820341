import { defineProvider } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import { buildEngine, type Engine, type EngineOptions } from '#services/build_engine'
import { RefreshReport } from '#services/refresh_report'
import { systemClock } from '#services/system_clock'
import type { StoreDriver } from '#store/driver'
import { seededRandom } from './random.js'
import { benchVault, PROVIDER } from './rows.js'

const MINUTE = 60_000

const TIMING: EngineOptions['timing'] = {
  strikeRetry: 15 * MINUTE,
  strikeWindow: 30 * MINUTE,
  strikeSpacing: MINUTE,
  transientStrikes: false,
  retryAttempts: 3,
  retryBase: 1_000,
  retryCap: 30_000,
  rateLimitWait: MINUTE,
  configurationProbe: 5 * MINUTE,
}

export interface BenchEngineOptions {
  driver: StoreDriver
  tokenEndpoint: string
  seed: number
  concurrency: number
  report?: RefreshReport
  transport?: EngineOptions['transport']
}

/** The whole engine as the application builds it, except that its log lines are made and then thrown away. */
export async function startBenchEngine(options: BenchEngineOptions): Promise<Engine> {
  const { driver, tokenEndpoint, seed, concurrency, report = quietReport(), transport } = options
  const engine = buildEngine({
    providers: new ProviderRegistry([providerAt(tokenEndpoint)]),
    vault: benchVault(seed),
    driver,
    report,
    clock: systemClock,
    random: seededRandom(seed),
    role: 'bench',
    timing: TIMING,
    breaker: { failures: 5, probe: MINUTE },
    requestDeadline: 20_000,
    concurrency,
    ...(transport ? { transport } : {}),
  })
  await engine.workers.register()
  return engine
}

/** Reports of a refresh without a place to print them; what is wrong with the store still shows. */
export function quietReport(onAttempt: RefreshReport['attempt'] = () => {}): RefreshReport {
  const logger = { info() {}, warn() {}, error: console.error }
  return new (class extends RefreshReport {
    override attempt(...args: Parameters<RefreshReport['attempt']>) {
      onAttempt(...args)
      super.attempt(...args)
    }
  })(logger, 'bench', () => {})
}

function providerAt(tokenEndpoint: string) {
  return defineProvider({
    id: PROVIDER,
    name: 'Bench',
    docs: null,
    server: { token_endpoint: tokenEndpoint, authorization_endpoint: tokenEndpoint },
    client: { client_id: 'bench', client_secret: new Secret('bench-secret') },
    allowPrivate: true,
  })
}

/** Sweeps all that is due and insists that all of it was refreshed. */
export async function sweep(engine: Engine, count: number): Promise<void> {
  const { refreshed, failed } = await engine.refresh.refreshDue()
  if (refreshed !== count) throw new Error(`refreshed ${refreshed} and failed ${failed} of ${count}`)
}
