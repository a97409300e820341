/**
 * PM2: one web process and the schedule beside it. `pm2 start deploy/ecosystem.config.cjs`
 *
 * More than one web process needs PostgreSQL (DB_CONNECTION=pg) and Redis for sessions: then raise `instances`, each with
 * a PORT of its own (`increment_var`) behind a proxy. The schedule may run in any number of processes.
 */
const { join } = require('node:path')

const root = join(__dirname, '..')
const common = {
  cwd: root,
  interpreter: join(root, 'node_modules/.bin/node'),
  exec_mode: 'fork',
  instances: 1,
  // Refreshes that are on their way are finished and saved.
  kill_timeout: 90_000,
}

module.exports = {
  apps: [
    {
      ...common,
      name: 'evergrant',
      script: 'bin/server.ts',
      interpreter_args: '--max-semi-space-size=8 --import=@poppinss/ts-exec',
      env: { NODE_ENV: 'production', SCHEDULER_ENABLED: 'false' },
      increment_var: 'PORT',
    },
    {
      ...common,
      name: 'evergrant-scheduler',
      script: 'ace.js',
      args: 'scheduler:work',
      env: { NODE_ENV: 'production' },
    },
  ],
}
