import app from '@adonisjs/core/services/app'
import type { Engine } from '#services/build_engine'

let engine: Engine

await app.booted(async () => {
  engine = await app.container.make('engine')
})

/** The running refresh engine of this process: providers, refresh service, connections and what they stand on. */
export { engine as default }
