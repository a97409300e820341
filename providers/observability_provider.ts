import type { HealthChecks } from '@adonisjs/core/health'
import type { ApplicationService } from '@adonisjs/core/types'
import type { InstallationFigures } from '#services/observability/installation_figures'
import type { Metrics } from '#services/observability/metrics'
import type { StoreDriver } from '#store/driver'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    installationFigures: InstallationFigures
    readiness: HealthChecks
    metrics: Metrics
  }
}

/** Builds what operators look at when somebody first looks; on a connection of its own, so that no look waits for work. */
export default class ObservabilityProvider {
  #driver: Promise<StoreDriver> | null = null
  #figures: InstallationFigures | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    const { container } = this.app
    container.singleton('installationFigures', async () => {
      const { InstallationFigures } = await import('#services/observability/installation_figures')
      this.#figures = new InstallationFigures({
        ...(await container.make('engine')),
        driver: await this.#open(),
        onTrouble: await this.#trouble('Figures'),
      })
      return this.#figures
    })
    container.singleton('readiness', async () => {
      const { readinessChecks } = await import('#services/observability/readiness_checks')
      const { default: settings } = await import('#config/observability')
      const trouble = await this.#trouble('Readiness')
      return readinessChecks({
        ...(await container.make('engine')),
        driver: await this.#open(),
        ticks: settings.readiness.ticks,
        ping: settings.readiness.redis ? await this.#ping() : null,
        onTrouble: (_, error) => trouble(error),
      })
    })
    container.singleton('metrics', async () => {
      const { Metrics } = await import('#services/observability/metrics')
      return new Metrics(this.app)
    })
  }

  /** Whoever opens a connection: what its errors tell may be logged, so knex leaves place holders in their statements. */
  async boot() {
    const { withoutValues } = await import('#store/without_values')
    const emitter = await this.app.container.make('emitter')
    emitter.on('db:connection:connect', ({ client }) => {
      if (!client) return
      Object.assign(client.client.config, { compileSqlOnError: false })
      client.on('query-error', withoutValues)
    })
  }

  #open(): Promise<StoreDriver> {
    this.#driver ??= this.#openDriver()
    return this.#driver
  }

  async #openDriver(): Promise<StoreDriver> {
    const { openDriver } = await import('#services/open_driver')
    return openDriver((await this.app.container.make('lucid.db')).connection())
  }

  async #ping() {
    const redis = await this.app.container.make('redis')
    redis.doNotLogErrors()
    return () => redis.connection('tokens').ping()
  }

  async #trouble(module: string) {
    const logger = (await this.app.container.make('logger')).use().child({ module })
    return (err: unknown) => logger.warn({ err }, 'A look at the installation broke off')
  }

  async shutdown() {
    await this.#figures?.settled()
    await (await this.#driver)?.close()
  }
}
