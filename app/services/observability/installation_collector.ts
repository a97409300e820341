import { configProvider } from '@adonisjs/core'
import type { ConfigProvider } from '@adonisjs/core/types'
import { Collector } from '@julr/adonisjs-prometheus/collectors/collector'
import type { CommonCollectorOptions, ResolvedPromConfig } from '@julr/adonisjs-prometheus/types'
import type { InstallationFigures, InstallationState } from '#services/observability/installation_figures'
import { INSTALLATION_METRICS, type Sample } from '#services/observability/metric_table'
import { processReads, type TokenReads } from '#services/token_manager/token_reads'

type Metric = Parameters<ResolvedPromConfig['registry']['registerMetric']>[0]

/** Tells what the database and this process know at the moment of a scrape. Nothing is counted between scrapes. */
export class InstallationCollector extends Collector {
  constructor(
    private readonly options: CommonCollectorOptions,
    private readonly figures: Pick<InstallationFigures, 'read'>,
    private readonly reads: TokenReads
  ) {
    super(options)
  }

  register(): void {
    for (const { name, help, type, samples } of INSTALLATION_METRICS) {
      this.#add(name, help, type, async (fullName) => {
        const state = await this.#state()
        return state === null ? [] : samples(state, fullName)
      })
    }
    this.#add('database_up', 'Whether the database answered this scrape', 'gauge', async () => [
      { labels: {}, value: (await this.#state()) === null ? 0 : 1 },
    ])
    const cached = (memory: number, shared: number) => [
      { labels: { cache: 'memory' }, value: memory },
      { labels: { cache: 'redis' }, value: shared },
    ]
    const { reads } = this
    this.#add('token_cache_hits_total', 'Token reads that this cache answered', 'counter', async () =>
      cached(reads.memory, reads.shared)
    )
    this.#add('token_cache_misses_total', 'Token reads that went on past this cache', 'counter', async () =>
      cached(reads.shared + reads.stored, reads.stored)
    )
  }

  /** Null where the database does not answer: what this process knows by itself is told all the same. */
  #state(): Promise<InstallationState | null> {
    return this.figures.read().catch(() => null)
  }

  #add(name: string, help: string, type: string, samples: (fullName: string) => Promise<Sample[]>): void {
    const fullName = this.buildMetricName(name)
    const get = async () => ({ name: fullName, help, type, values: await samples(fullName) })
    // The registry asks a metric for its name and its values only; its types want one of its own classes.
    this.options.registry.registerMetric({ name: fullName, get } as unknown as Metric)
  }
}

/** The collector of the installation, for `config/prometheus.ts`. */
export function installationCollector(): ConfigProvider<InstallationCollector> {
  return configProvider.create(async (app) => {
    const options = app.config.get<ResolvedPromConfig>('prometheus')
    const figures = await app.container.make('installationFigures')
    return new InstallationCollector(options, figures, processReads)
  })
}
