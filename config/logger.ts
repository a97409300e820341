import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig, destination as writeTo, targets } from '@adonisjs/core/logger'
import type { InferLoggers } from '@adonisjs/core/types'

const level = env.get('LOG_LEVEL')
const pretty = !app.inProduction && process.stdout.isTTY

/** Commands print data on stdout, so their log goes to stderr. */
const destination = app.getEnvironment() === 'console' ? 2 : 1

/**
 * A transport is a thread of its own, which costs each process a quarter of a second of processor time. A person who reads
 * along is worth it; lines of JSON are written without one, asynchronously as well, and what is left is written at the exit.
 */
const output = pretty
  ? { transport: targets.pretty({ destination, ignore: 'pid,hostname,name' }) }
  : { destination: writeTo({ dest: destination, sync: false }) }

const loggerConfig = defineConfig({
  default: 'app',
  loggers: {
    app: {
      enabled: level !== 'silent',
      name: 'evergrant',
      level,
      ...output,
    },
  },
})

export default loggerConfig

declare module '@adonisjs/core/types' {
  export interface LoggersList extends InferLoggers<typeof loggerConfig> {}
}
