import { createRequire } from 'node:module'
import Database from 'better-sqlite3'
import { tokenText } from './random.js'

/** The parts of better-auth that are used here; it is a guest of the benchmark and may be missing. */
interface Auth {
  api: {
    getAccessToken(input: { body: { providerId: string; userId: string } }): Promise<{ accessToken?: string }>
  }
  $context: Promise<{
    internalAdapter: {
      createUser(user: object): Promise<{ id: string }>
      createAccount(account: object): Promise<unknown>
    }
  }>
}

interface Modules {
  betterAuth(options: object): Auth
  genericOAuth(options: object): object
  getMigrations(options: object): Promise<{ runMigrations(): Promise<void> }>
}

export interface Accounts {
  ids: string[]
  hasToken(id: string): Promise<boolean>
  close(): void
}

/** The other library as a contestant; null where it is not installed. */
export async function openBetterAuth() {
  const require = createRequire(import.meta.url)
  try {
    require.resolve('better-auth')
  } catch {
    return null
  }
  // Named by variables, since the compiler must not insist on a package that may be missing.
  const [core, plugins, schema] = ['better-auth', 'better-auth/plugins', 'better-auth/db']
  const modules = {
    ...(await import(core)),
    ...(await import(plugins)),
    ...(await import(schema)),
  } as Modules
  return {
    version: versionOf(require.resolve('better-auth')),
    connect: (options: { url: string; count: number; seed: number }) => connect(modules, options),
  }
}

function versionOf(entry: string): string {
  const require = createRequire(import.meta.url)
  const folder = entry.slice(0, entry.lastIndexOf('better-auth/') + 'better-auth/'.length)
  return (require(`${folder}package.json`) as { version: string }).version
}

async function connect(
  { betterAuth, genericOAuth, getMigrations }: Modules,
  { url, count, seed }: { url: string; count: number; seed: number }
): Promise<Accounts> {
  const database = new Database(':memory:')
  const client = { clientId: 'bench', clientSecret: 'bench-secret', authentication: 'basic' }
  const options = {
    database,
    secret: 'a secret of the benchmark, thirty-two characters',
    baseURL: 'http://127.0.0.1',
    logger: { disabled: true },
    telemetry: { enabled: false },
    plugins: [genericOAuth({ config: [{ providerId: 'bench', ...client, tokenUrl: url }] })],
  }
  await (await getMigrations(options)).runMigrations()
  const auth = betterAuth(options)
  const { internalAdapter } = await auth.$context
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const user = { email: `owner-${index}@example.com`, name: `Owner ${index}`, emailVerified: true }
    const { id } = await internalAdapter.createUser(user)
    ids.push(id)
    await internalAdapter.createAccount({ userId: id, ...lapsedAccount(seed, index) })
  }
  return {
    ids,
    hasToken: (userId) =>
      auth.api.getAccessToken({ body: { providerId: 'bench', userId } }).then(
        ({ accessToken }) => Boolean(accessToken),
        () => false
      ),
    close: () => database.close(),
  }
}

function lapsedAccount(seed: number, index: number) {
  return {
    providerId: 'bench',
    accountId: `account-${index}`,
    accessToken: tokenText('at', seed, index),
    refreshToken: tokenText('rt', seed, index),
    accessTokenExpiresAt: new Date(Date.now() - 1000),
  }
}
