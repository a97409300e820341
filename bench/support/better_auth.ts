import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { removeFile } from './databases.js'
import { requirePeer } from './peers.js'
import { tokenText } from './random.js'

/** The parts of better-auth that are used here; it is a guest of the benchmark and may be missing. */
interface Auth {
  api: {
    getAccessToken(input: { body: { providerId: string; userId: string } }): Promise<{ accessToken?: string }>
  }
  $context: Promise<{
    secret: string
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
  symmetricEncrypt(options: { key: string; data: string }): Promise<string>
}

interface AccountOptions {
  url: string
  /** Where its SQLite file may lie. */
  folder: string
  count: number
  seed: number
  /** What is left of the tokens' life, in milliseconds; a second ago unless told. */
  left?: number
}

export interface Accounts {
  ids: string[]
  hasToken(id: string): Promise<boolean>
  close(): void
}

/** The other library as a contestant; null where it is not installed. */
export async function openBetterAuth() {
  try {
    requirePeer.resolve('better-auth')
  } catch {
    return null
  }
  const load = (name: string) => import(pathToFileURL(requirePeer.resolve(name)).href)
  const modules = {
    ...(await load('better-auth')),
    ...(await load('better-auth/plugins')),
    ...(await load('better-auth/db')),
    ...(await load('better-auth/crypto')),
  } as Modules
  return {
    version: versionOf(requirePeer.resolve('better-auth')),
    connect: (options: AccountOptions) => connect(modules, options),
  }
}

function versionOf(entry: string): string {
  const folder = entry.slice(0, entry.lastIndexOf('better-auth/') + 'better-auth/'.length)
  return (requirePeer(`${folder}package.json`) as { version: string }).version
}

/** As we are: a SQLite file in WAL, tokens encrypted at rest. */
async function connect(
  { betterAuth, genericOAuth, getMigrations, symmetricEncrypt }: Modules,
  { url, folder, count, seed, left = -1000 }: AccountOptions
): Promise<Accounts> {
  const file = join(folder, 'better-auth.sqlite3')
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  const client = { clientId: 'bench', clientSecret: 'bench-secret', authentication: 'basic' }
  const options = {
    database,
    secret: 'a secret of the benchmark, thirty-two characters',
    baseURL: 'http://127.0.0.1',
    logger: { disabled: true },
    telemetry: { enabled: false },
    account: { encryptOAuthTokens: true },
    plugins: [genericOAuth({ config: [{ providerId: 'bench', ...client, tokenUrl: url }] })],
  }
  await (await getMigrations(options)).runMigrations()
  const auth = betterAuth(options)
  const { internalAdapter, secret } = await auth.$context
  const seal = (data: string) => symmetricEncrypt({ key: secret, data })
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const user = { email: `owner-${index}@example.com`, name: `Owner ${index}`, emailVerified: true }
    const { id } = await internalAdapter.createUser(user)
    ids.push(id)
    await internalAdapter.createAccount({ userId: id, ...(await account(seed, index, left, seal)) })
  }
  return {
    ids,
    hasToken: (userId) =>
      auth.api.getAccessToken({ body: { providerId: 'bench', userId } }).then(
        ({ accessToken }) => Boolean(accessToken),
        () => false
      ),
    close() {
      database.close()
      removeFile(file)
    },
  }
}

async function account(seed: number, index: number, left: number, seal: (text: string) => Promise<string>) {
  return {
    providerId: 'bench',
    accountId: `account-${index}`,
    accessToken: await seal(tokenText('at', seed, index)),
    refreshToken: await seal(tokenText('rt', seed, index)),
    accessTokenExpiresAt: new Date(Date.now() + left),
  }
}
