import ViteProvider from '@adonisjs/vite/vite_provider'

/**
 * Pages always use the built assets: Vite's development server injects inline styles and scripts, which the pages' policy
 * refuses. `npx vite build --watch` rebuilds them while somebody works on them.
 */
export default class AssetsProvider extends ViteProvider {
  async start() {}

  async shutdown() {}
}
