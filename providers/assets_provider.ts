import ViteProvider from '@adonisjs/vite/vite_provider'

/** Tests look at the assets that users get, so no development server is started for them. */
export default class AssetsProvider extends ViteProvider {
  async start() {
    if (this.app.getEnvironment() !== 'test') await super.start()
  }

  async shutdown() {
    if (this.app.getEnvironment() !== 'test') await super.shutdown()
  }
}
