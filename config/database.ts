import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig } from '@adonisjs/lucid'
import { postgresUrl, sqliteFile } from '#start/env_rules'

/** Applied to every SQLite connection; `synchronous=FULL` because a token that was acknowledged must survive a power cut. */
const PRAGMAS = ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'busy_timeout = 250']

const migrations = { naturalSort: true, paths: ['database/migrations'] }
const url = env.get('DATABASE_URL')

const dbConfig = defineConfig({
  connection: env.get('DB_CONNECTION'),
  connections: {
    sqlite: {
      client: 'better-sqlite3',
      connection: {
        filename: sqliteFile(url, app.makePath('data/evergrant.sqlite3'), app.appRoot),
      },
      useNullAsDefault: true,
      pool: {
        afterCreate: (
          connection: { pragma(source: string): unknown },
          done: (error: Error | null) => void
        ) => {
          for (const pragma of PRAGMAS) connection.pragma(pragma)
          done(null)
        },
      },
      migrations,
      schemaGeneration: { enabled: false },
    },
    pg: {
      client: 'pg',
      connection: {
        connectionString: postgresUrl(env.get('DB_CONNECTION'), url),
        ssl: url?.includes('sslmode=require') ? { rejectUnauthorized: true } : false,
      },
      migrations,
      schemaGeneration: { enabled: false },
    },
  },
})

export default dbConfig
