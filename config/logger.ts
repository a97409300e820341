import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig, targets } from '@adonisjs/core/logger'
import type { InferLoggers } from '@adonisjs/core/types'

const level = env.get('LOG_LEVEL')
const pretty = !app.inProduction && process.stdout.isTTY

/** Commands print data on stdout, so their log goes to stderr. */
const destination = app.getEnvironment() === 'console' ? 2 : 1

const loggerConfig = defineConfig({
  default: 'app',
  loggers: {
    app: {
      enabled: level !== 'silent',
      name: 'evergrant',
      level,
      transport: {
        targets: targets()
          .pushIf(pretty, targets.pretty({ destination, ignore: 'pid,hostname,name' }))
          .pushIf(!pretty, targets.file({ destination }))
          .toArray(),
      },
    },
  },
})

export default loggerConfig

declare module '@adonisjs/core/types' {
  export interface LoggersList extends InferLoggers<typeof loggerConfig> {}
}
