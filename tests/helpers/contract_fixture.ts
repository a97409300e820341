import { buildProviders } from '#oauth/build_providers'
import type { ProvidersFile } from '#oauth/providers_file_types'
import { BUILT_IN_PROVIDERS } from '#oauth/providers/built_in'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import type { ClientRegistration, Provider } from '#oauth/types'
import { buildEngine, type Engine, type EngineOptions } from '#services/build_engine'
import { RefreshReport } from '#services/refresh_report'
import type { Account, TokenRecord } from '#simulator/account'
import { DIALECTS } from '#simulator/dialects/index'
import { SIMULATED_ENTRIES } from '#simulator/entries'
import { Simulator } from '#simulator/simulator'
import { simulatorTransport } from '#simulator/transport'
import type { Dialect } from '#simulator/types'
import { openSqliteDriver } from '#store/sqlite_driver'
import { run as runStatement, type Row, type Value } from '#store/driver'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'
import { emptyTables, testDatabaseFile } from '#tests/helpers/database'
import { TestClock } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, TIMING } from '#tests/helpers/refresh_fixtures'

const KEYS = 'k1:dGVzdC1vbmx5LWtleS0xMjM0NTY3ODkwMTIzNDU2Nzg='
const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'

/** The client registrations by which the simulated vendors know us, under each provider's id. */
export function simulatedClients(
  dialects: readonly Dialect[] = DIALECTS
): Record<string, ClientRegistration> {
  return Object.fromEntries(
    dialects.flatMap(({ serves, client: { id: client_id, secret } }) => {
      const registration = { client_id, client_secret: secret === null ? null : new Secret(secret) }
      return serves.map((id) => [id, registration])
    })
  )
}

/** Every definition with a client, its addresses as they are. */
export function contractProviders(
  file: ProvidersFile = SIMULATED_ENTRIES,
  allowPrivate = false
): ProviderRegistry {
  return new ProviderRegistry(
    buildProviders({
      builtIn: BUILT_IN_PROVIDERS,
      clients: simulatedClients(),
      file,
      allowPrivate,
      secretFromEnv: () => undefined,
    })
  )
}

/** One account of one provider: in our database, and at its vendor. */
export interface Connected {
  id: string
  account: Account
  access: TokenRecord
  refresh: TokenRecord | null
}

/** An engine on SQLite whose every request ends at the simulator, on one clock that only moves when it is told to. */
export interface ContractFixture {
  engine: Engine
  simulator: Simulator
  clock: TestClock
  organizationId: string
  /** Grants an account at the vendor, imports it, and lets `age` pass: a day and an hour unless told. */
  connect(provider: Provider, age?: number): Promise<Connected>
  row(id: string): Promise<Row>
  attempt(id: string): Promise<Row>
  gate(id: string): Promise<Row | undefined>
  /** The token in the row, opened. */
  stored(id: string, column: 'access_token' | 'refresh_token'): Promise<string | null>
}

export async function contractFixture(
  cleanup: (work: () => Promise<void>) => void,
  options: {
    /** Ends with the fixture, which makes one of its own otherwise. */
    simulator?: Simulator
    clock?: TestClock
    providers?: ProviderRegistry
    /** The way to the vendors; one that leads their addresses to the simulator unless told. */
    transport?: Engine['transport']
    /** Whatever else is to be different from the engine that tests share. */
    engine?: Partial<EngineOptions>
  } = {}
): Promise<ContractFixture> {
  await emptyTables()
  const { clock = new TestClock(), providers = contractProviders() } = options
  const simulator = options.simulator ?? (await Simulator.start({ clock }))
  const vault = new Vault((parseKeyRing(KEYS) as { ring: KeyRing }).ring)
  const silent = () => {}
  // The engine's own, for the rows as well: opening another takes as long as a refresh.
  const driver = options.engine?.driver ?? openSqliteDriver(testDatabaseFile(), clock)
  const engine = buildEngine({
    providers,
    vault,
    driver,
    report: new RefreshReport({ info: silent, warn: silent, error: silent }, 'tag-key', silent),
    clock,
    random: () => 0,
    role: 'test',
    timing: TIMING,
    breaker: { failures: 5, probe: MINUTE },
    requestDeadline: 5_000,
    concurrency: 10,
    transport: options.transport ?? simulatorTransport(simulator, { clock }),
    ...options.engine,
  })
  cleanup(async () => {
    await engine.close()
    await simulator.close()
  })
  const all = (sql: string, values: Value[]) => driver.read(sql, values)
  await driver.transaction(() =>
    runStatement('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t)', [
      ORGANIZATION,
      'main',
      'Main',
      clock.now(),
    ])
  )
  const row = async (id: string) => (await all('SELECT * FROM connections WHERE id = ?', [id]))[0]
  return {
    engine,
    simulator,
    clock,
    organizationId: ORGANIZATION,
    row,
    async connect(provider, age = 25 * HOUR) {
      const connected = await connect({ engine, simulator, clock }, provider)
      // Some vendors renew nothing that is younger than a day.
      clock.advance(age)
      // An open window, for providers that are kept alive only within one.
      const window = 'UPDATE connections SET keep_alive_until = ?t WHERE id = ?'
      await driver.transaction(() => runStatement(window, [clock.now() + 12 * HOUR, connected.id]))
      return connected
    },
    attempt: async (id) =>
      (
        await all(
          'SELECT * FROM refresh_attempts WHERE connection_id = ? ORDER BY created_at DESC, id DESC',
          [id]
        )
      )[0],
    gate: async (id) => (await all('SELECT * FROM client_gates WHERE id = ?', [id])).at(0),
    async stored(id, column) {
      const blob = (await row(id))[column] as string | null
      if (blob === null) return null
      const opened = vault.open(blob, { organizationId: ORGANIZATION, connectionId: id, column })
      return opened.ok ? opened.secret.reveal() : null
    },
  }
}

async function connect(
  { engine, simulator, clock }: Pick<ContractFixture, 'engine' | 'simulator' | 'clock'>,
  provider: Provider
): Promise<Connected> {
  const vendor = simulator.vendorOf(provider.id)
  if (!vendor) throw new Error(`No dialect serves ${provider.id}`)
  const id = vendor.dialect.account?.id ?? '1001'
  const { access, refresh } = vendor.grant(id)
  const { connectionId } = await engine.connections.importOne(ORGANIZATION, {
    provider: provider.id,
    owner: id,
    providerAccountId: id,
    username: null,
    accessToken: new Secret(access.value),
    refreshToken: refresh && new Secret(refresh.value),
    tokenSecret: null,
    tokenType: 'oauth2',
    tokenExpiresAt: clock.now() + 26 * HOUR,
    scopes: [],
    config: {},
    tags: [],
  })
  return { id: connectionId, account: vendor.account(id), access, refresh }
}
