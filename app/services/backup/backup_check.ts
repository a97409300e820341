import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import vaultConfig from '#config/vault'
import { StartFailure } from '#exceptions/start_failure'
import { openBackupFile, openRestoredDatabase, type BackupSource } from '#services/backup/backup_source'
import { examineBackup, type ExaminedBackup } from '#services/backup/examine_backup'
import { noteFact, readFact } from '#services/installation_facts'
import { openDriver } from '#services/open_driver'
import { systemClock } from '#services/system_clock'
import type { StoreDriver } from '#store/driver'
import { parseKeyRing } from '#vault/key_ring'

/** The last backup that could have been restored. */
export interface GoodBackup {
  /** The file's or the database's name, without its folder. */
  name: string
  bytes: number | null
  tokens: number
  accounts: number
}

export type BackupRefusal = 'no_such_file' | 'no_such_database' | 'bad_name' | 'own_database'
export type CheckedBackup = ExaminedBackup | { ok: false; refused: BackupRefusal }

/** PostgreSQL: the database does not exist. */
const NO_SUCH_DATABASE = '3D000'
const DATABASE_NAME = /^[\w-]{1,63}$/

/**
 * Checks a backup against the keys and the version of this installation, and remembers one that could be restored. On
 * SQLite `name` is a file; on PostgreSQL, whose dumps nobody but its own tools reads, the database of the same server into
 * which the dump was restored.
 */
export async function checkBackup(name: string): Promise<CheckedBackup> {
  const isFile = db.connection().dialect.name !== 'postgres'
  const refused = isFile ? (existsSync(name) ? null : 'no_such_file') : refusalOf(name)
  if (refused) return { ok: false, refused }
  const source = isFile ? openBackupFile(name) : openRestoredDatabase(ownUrl(), name)
  const answer = await examined(source)
  if (!answer.ok) return answer
  const { tokens, accounts } = answer
  const good: GoodBackup = {
    ...{ name: basename(name), tokens, accounts },
    bytes: isFile ? statSync(name).size : null,
  }
  await withDriver((driver) => noteFact(driver, 'backup_check', systemClock.now(), good))
  return answer
}

/** The last good check and when it was, in milliseconds; null where there was none. */
export function lastGoodBackup(driver: StoreDriver): Promise<{ at: number; fact: GoodBackup } | null> {
  return readFact<GoodBackup>(driver, 'backup_check')
}

async function examined(source: BackupSource): Promise<CheckedBackup> {
  try {
    return await examineBackup(source, { ring: keyRing(), migrations: await ownMigrations() })
  } catch (error) {
    if ((error as { code?: string }).code === NO_SUCH_DATABASE)
      return { ok: false, refused: 'no_such_database' }
    throw error
  } finally {
    await source.close()
  }
}

function refusalOf(name: string): BackupRefusal | null {
  if (!DATABASE_NAME.test(name)) return 'bad_name'
  return decodeURIComponent(new URL(ownUrl()).pathname.slice(1)) === name ? 'own_database' : null
}

function ownUrl(): string {
  return db.connection().getWriteClient().client.config.connection.connectionString
}

function keyRing() {
  const parsed = parseKeyRing(vaultConfig.keys.release())
  if (!parsed.ok) throw new StartFailure('E_ENCRYPTION_KEYS', parsed.problem)
  return parsed.ring
}

/** Of this version, whether they ran here or not. The runner is not closed: that would close everybody's connection. */
async function ownMigrations(): Promise<string[]> {
  const known = await new MigrationRunner(db, app, { direction: 'up', dryRun: true }).getList()
  return known.filter(({ status }) => status !== 'corrupt').map(({ name }) => name)
}

async function withDriver<T>(work: (driver: StoreDriver) => Promise<T>): Promise<T> {
  const driver = openDriver(db.connection())
  try {
    return await work(driver)
  } finally {
    await driver.close()
  }
}
