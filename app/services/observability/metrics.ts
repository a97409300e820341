import type { ApplicationService } from '@adonisjs/core/types'
import type { ResolvedPromConfig } from '@julr/adonisjs-prometheus/types'

/** What a scrape is answered with. */
export interface Exposition {
  contentType: string
  text: string
}

/**
 * The metrics of this process. Collectors begin with the first scrape: where nobody scrapes, nothing is measured.
 */
export class Metrics {
  #begun: Promise<void> | null = null

  constructor(private readonly app: ApplicationService) {}

  /** All metrics in the text format of Prometheus (version 0.0.4). */
  async expose(): Promise<Exposition> {
    const { registry, collectors } = this.app.config.get<ResolvedPromConfig>('prometheus')
    this.#begun ??= this.#begin(collectors)
    await this.#begun
    return { contentType: registry.contentType, text: await registry.metrics() }
  }

  async #begin(collectors: ResolvedPromConfig['collectors']): Promise<void> {
    for (const { resolver } of collectors) {
      const collector = await resolver(this.app)
      await collector.init()
      await (collector as unknown as { register(): void | Promise<void> }).register()
    }
  }
}
