import { dirname } from 'node:path'
import type { ApplicationService } from '@adonisjs/core/types'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { appUrl } from '#config/app'
import jobSettings from '#config/jobs'
import sandboxConfig from '#config/sandbox'
import providersConfig from '#config/providers'
import retention from '#config/retention'
import tokenRefresh from '#config/token_refresh'
import vaultConfig from '#config/vault'
import { ConnectionTransitioned } from '#events/connection_transitioned'
import { StartFailure } from '#exceptions/start_failure'
import { toInstant } from '#models/columns'
import Connection from '#models/connection'
import { buildProviders } from '#oauth/build_providers'
import { builtInProviders } from '#oauth/providers/built_in'
import { sandboxProvider } from '#oauth/providers/sandbox'
import { readProvidersFile } from '#oauth/providers_file'
import { ProvidersFileError } from '#oauth/providers_file_types'
import { ProviderRegistry } from '#oauth/registry'
import type { Provider } from '#oauth/types'
import { buildEngine, type Engine } from '#services/build_engine'
import { isCron } from '#services/jobs/cron_times'
import { openDriver } from '#services/open_driver'
import { RefreshReport } from '#services/refresh_report'
import { systemClock } from '#services/system_clock'
import { effectiveMargin } from '#token_refresh/refresh_schedule'
import { checkKeys } from '#vault/key_check'
import { parseKeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'

/**
 * Builds the engine from configuration: reads the key ring and proves it against the database, reads the providers,
 * takes over the claims of dead processes. Throws `StartFailure` with a sentence for everything an operator can mend.
 */
export async function startEngine(app: ApplicationService): Promise<Engine> {
  const db = (await app.container.make('lucid.db')).connection()
  const logger = (await app.container.make('logger')).use().child({ module: 'TokenRefresh' })
  const emitter = await app.container.make('emitter')
  const vault = await openVault(db)
  const providers = await loadProviders()
  Connection.marginOf = (connection) => marginOf(connection, providers)
  const engine = buildEngine({
    providers,
    vault,
    driver: openDriver(db),
    witnessPath: witnessPath(db),
    spoolFolder: spoolFolder(app, db),
    report: new RefreshReport(logger, vaultConfig.logKey.release(), (notice) => {
      void emitter.emit(ConnectionTransitioned, new ConnectionTransitioned(notice))
    }),
    clock: systemClock,
    random: Math.random,
    role: app.getEnvironment(),
    timing: tokenRefresh.timing,
    breaker: tokenRefresh.breaker,
    requestDeadline: tokenRefresh.requestDeadline,
    concurrency: tokenRefresh.concurrency,
    verification: tokenRefresh.verification,
    jobSettings,
    retention,
    allowPrivate: providersConfig.allowPrivate,
    appUrl,
    deliver: () => deliver(app),
    onBrokenProvider: ({ id, problems }) =>
      logger.warn({ provider: id, problems }, `The added provider ${id} cannot be used`),
  })
  await engine.catalogue.load()
  const copied = await engine.installation.check()
  if (copied) logger.error(`${QUARANTINED}: ${copied}. ${HOW_TO_LIFT}`)
  const { restored, unreadable, freed } = await engine.recover()
  if (unreadable > 0) logger.error({ unreadable }, KEY_IS_MISSING)
  if (restored > 0) logger.warn({ restored }, `Stored ${restored} answers that a process kept on disk`)
  if (freed > 0) logger.warn({ freed }, `Took over ${freed} refreshes of a process that died`)
  // A rotation that began before this process was registered did not see it.
  await openVault(db)
  return engine
}

/** Notifications are built from the engine, so they are asked for when they are needed. */
async function deliver(app: ApplicationService): Promise<number> {
  const { dispatcher, notifier } = await app.container.make('notifications')
  await dispatcher.tick()
  return notifier.tick()
}

const KEY_IS_MISSING =
  'Answers of providers wait in a spool file, sealed under a key that is not in ENCRYPTION_KEYS. Put that key back behind the newest one and start again, else these connections must be connected anew.'
const QUARANTINED = 'Nothing is refreshed, because this database may be a copy'
const HOW_TO_LIFT = 'If no other Evergrant works on the original any more, run: node ace quarantine:lift'

function marginOf(connection: Connection, providers: ProviderRegistry): number {
  const issuedAt = connection.lastTokenRefreshAt ?? connection.grantedAt ?? connection.createdAt
  const life = (connection.tokenExpiresAt?.toMillis() ?? 0) - issuedAt.toMillis()
  return effectiveMargin(providers.find(connection.provider)?.refresh.margin ?? 0, Math.max(life, 0))
}

async function openVault(db: QueryClientContract): Promise<Vault> {
  const parsed = parseKeyRing(vaultConfig.keys.release())
  if (!parsed.ok) throw new StartFailure('E_ENCRYPTION_KEYS', parsed.problem)
  const problem = await checkKeys(db, parsed.ring, toInstant(systemClock.now()))
  if (problem) throw new StartFailure('E_WRONG_KEY', problem)
  return new Vault(parsed.ring)
}

async function loadProviders(): Promise<ProviderRegistry> {
  const { clients, file, allowPrivate, secretFromEnv } = providersConfig
  const ours = builtInProviders(providersConfig.builtIn)
  const { enabled, port, clientId, clientSecret, strikeRetry } = sandboxConfig
  const sandbox = sandboxProvider({ port, clientId, clientSecret: clientSecret.reveal(), strikeRetry })
  const builtIn = enabled ? [...ours, sandbox] : ours
  try {
    const contents = file ? await readProvidersFile(file) : null
    const built = buildProviders({ builtIn, clients, file: contents, allowPrivate, secretFromEnv })
    const problems = built.flatMap(scheduleProblems)
    if (problems.length > 0) throw new ProvidersFileError(problems)
    return new ProviderRegistry(built)
  } catch (error) {
    if (error instanceof ProvidersFileError) throw new StartFailure('E_PROVIDERS_FILE', error.message)
    throw error
  }
}

function scheduleProblems({ id, schedule }: Provider): string[] {
  const wrong = schedule.filter((expression) => !isCron(expression))
  return wrong.map(
    (text) => `${id}.schedule: "${text}" is not a cron expression of five fields that ever fires`
  )
}

/** The file that bears witness to a SQLite database stands beside it. */
function witnessPath(db: QueryClientContract): string | null {
  return db.dialect.name === 'postgres'
    ? null
    : `${db.getWriteClient().client.config.connection.filename}.witness`
}

function spoolFolder(app: ApplicationService, db: QueryClientContract): string {
  if (db.dialect.name === 'postgres') return app.makePath('data')
  return dirname(db.getWriteClient().client.config.connection.filename)
}
