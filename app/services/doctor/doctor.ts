import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import { lastGoodBackup } from '#services/backup/backup_check'
import { appUrl } from '#config/app'
import { mailIsConfigured } from '#config/mail'
import notifications from '#config/notifications'
import ClientGate from '#models/client_gate'
import type { Engine } from '#services/build_engine'
import type { Finding } from '#services/doctor/finding'
import {
  judgeInstallation,
  type InstallationFacts,
  type ProviderFindings,
} from '#services/doctor/judge_installation'
import { callbackUrl } from '#services/mcp/types'
import { readReadiness } from '#services/observability/readiness_checks'
import { openDriver } from '#services/open_driver'
import type { StoreDriver } from '#store/driver'

const ANSWERS_WITHIN = 3_000

/**
 * Looks at everything that an installation needs in order to keep grants alive, and changes nothing. What it finds are
 * values; it rejects only where the database cannot be asked at all. For people of an organization, of the added providers
 * only theirs are named. `thorough` lets SQLite read its whole file, during which this process does nothing else.
 */
export async function examine(
  engine: Engine,
  { organizationId = null, thorough = true }: { organizationId?: string | null; thorough?: boolean } = {}
): Promise<Finding[]> {
  const driver = openDriver(db.connection())
  try {
    return judgeInstallation(await readFacts(engine, driver, { organizationId, thorough }))
  } finally {
    await driver.close()
  }
}

async function readFacts(
  engine: Engine,
  driver: StoreDriver,
  { organizationId, thorough }: { organizationId: string | null; thorough: boolean }
): Promise<InstallationFacts> {
  const { dialect } = driver
  const keys = await driver.read('SELECT count(*) AS count FROM encryption_keys WHERE retired_at IS NULL', [])
  const backup = await lastGoodBackup(driver)
  return {
    ...{ appUrl, dialect },
    isProduction: app.inProduction,
    isReached: await isReached(appUrl),
    keysInUse: Number(keys[0].count),
    pendingMigrations: await countPending(),
    damage: dialect === 'sqlite' && thorough ? await findDamage(driver) : null,
    unread: dialect === 'sqlite' && !thorough,
    freeBytes: dialect === 'sqlite' ? await freeBytes() : null,
    backupAge: backup && engine.clock.now() - backup.at,
    clockOffset: await clockOffset(engine, driver),
    readiness: await readReadiness({ driver, providers: engine.providers, clock: engine.clock }),
    providers: await lookAtProviders(engine, organizationId),
    push: notifications.vapid.publicKey !== '',
    mail: mailIsConfigured(),
  }
}

/** Whether a process of Evergrant answers at this address. A redirect would lead people of a provider astray, too. */
async function isReached(url: string): Promise<boolean> {
  try {
    const options = { signal: AbortSignal.timeout(ANSWERS_WITHIN), redirect: 'error' } as const
    const answer = await fetch(new URL('/health/live', url), options)
    return answer.ok && ((await answer.json()) as { status?: unknown }).status === 'ok'
  } catch {
    return false
  }
}

/** The runner is not closed: that would close the connection which everybody here works with. */
async function countPending(): Promise<number> {
  const known = await new MigrationRunner(db, app, { direction: 'up', dryRun: true }).getList()
  return known.filter(({ status }) => status === 'pending').length
}

async function findDamage(driver: StoreDriver): Promise<string | null> {
  const [row] = await driver.read('PRAGMA quick_check(1)', [])
  return row.quick_check === 'ok' ? null : String(row.quick_check).slice(0, 200)
}

async function freeBytes(): Promise<number> {
  const { filename } = db.connection().getWriteClient().client.config.connection
  const { bavail, bsize } = await statfs(dirname(filename))
  return bavail * bsize
}

/** Half of the way to the database and back is taken for the age of its answer. */
async function clockOffset({ clock }: Engine, driver: StoreDriver): Promise<number> {
  if (driver.dialect === 'sqlite') return 0
  const before = clock.now()
  const [row] = await driver.read('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now', [])
  return Number(row.now) - (before + clock.now()) / 2
}

async function lookAtProviders(
  { providers, catalogue }: Engine,
  organizationId: string | null
): Promise<ProviderFindings> {
  const gates = await ClientGate.query().whereNot('flow', 'open').where('reason', 'configuration')
  const closed = new Set(gates.map(({ id }) => id))
  const named = organizationId === null ? providers.all() : catalogue.visibleTo(organizationId)
  const added = organizationId === null ? catalogue.allBroken() : catalogue.addedBy(organizationId)
  const configured = named.filter(({ client }) => client !== null)
  return {
    configured: configured.map(({ id, name }) => ({ id, name, redirectUrl: callbackUrl(appUrl, id) })),
    broken: added.filter(({ provider }) => provider === null).map(({ id }) => id),
    rejecting: configured.filter(({ gate }) => closed.has(gate)).map(({ name }) => name),
  }
}
