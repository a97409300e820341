import { Secret } from '@adonisjs/core/helpers'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import providersConfig from '#config/providers'
import vaultConfig from '#config/vault'
import Connection from '#models/connection'
import { buildAudit, type Audit } from '#services/audit/build_audit'
import type { Engine } from '#services/build_engine'
import { openDriver } from '#services/open_driver'
import { startEngine } from '#services/start_engine'
import { systemClock } from '#services/system_clock'
import { aceHere, type AceResult } from '#tests/helpers/in_process_ace'
import { withLucid } from '#tests/helpers/lucid_connection'

/**
 * Runs a command within this process as a process of another installation would: on its database, with its keys and its
 * providers file, with an engine that starts for it and ends with it.
 */
export async function aceElsewhere(
  { DATABASE_URL, ENCRYPTION_KEYS, PROVIDERS_FILE }: Record<string, string>,
  name: string,
  ...args: string[]
): Promise<AceResult> {
  return withLucid(DATABASE_URL, async (connectionName) => {
    // This process's own are made on its own database, or another one would stay theirs.
    const doors = { engine: await app.container.make('engine'), audit: await app.container.make('audit') }
    const own = {
      connection: db.primaryConnectionName,
      keys: vaultConfig.keys,
      file: providersConfig.file,
      marginOf: Connection.marginOf,
    }
    db.primaryConnectionName = connectionName
    vaultConfig.keys = new Secret(ENCRYPTION_KEYS)
    providersConfig.file = PROVIDERS_FILE || null
    const leave = lendDoors(doors)
    try {
      return await aceHere(name, ...args)
    } finally {
      await leave()
      db.primaryConnectionName = own.connection
      vaultConfig.keys = own.keys
      providersConfig.file = own.file
      Connection.marginOf = own.marginOf
    }
  })
}

/** Lends the application an engine that starts now, and an audit trail of its own; returns what ends both. */
function lendDoors(own: { engine: Engine; audit: Audit }): () => Promise<void> {
  const { container } = app
  const driver = openDriver(db.connection())
  const audit = buildAudit({ driver, clock: systemClock, onTrouble: console.error })
  const starting = startEngine(app)
  // The command waits for it, and tells why it did not start.
  const started = starting.catch(() => null)
  container.bindValue('engine', starting as unknown as Engine)
  container.bindValue('audit', audit)
  return async () => {
    container.bindValue('engine', own.engine)
    container.bindValue('audit', own.audit)
    await Promise.all([started.then((engine) => engine?.close()), audit.close()])
  }
}
