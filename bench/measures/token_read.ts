import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
  type DecipherGCM,
} from 'node:crypto'
import Database from 'better-sqlite3'
import { systemClock } from '#services/system_clock'
import { buildTokenManager } from '#services/token_manager/build_token_manager'
import type { TokenSelector } from '#services/token_manager/selector'
import { watchSqlite } from '#services/token_manager/sqlite_changes'
import { openSqliteDriver } from '#store/sqlite_driver'
import { openBetterAuth } from '../support/better_auth.js'
import { dueFile, removeFile } from '../support/databases.js'
import { startBenchEngine } from '../support/engine.js'
import { race, type Contestant } from '../support/race.js'
import { tokenText } from '../support/random.js'
import { ORGANIZATION, PROVIDER } from '../support/rows.js'
import type { Context, Measure } from '../support/types.js'

const CONNECTIONS = 1_000
const HOUR = 3_600_000
/** Nobody asks it: every token is valid. */
const ENDPOINT = 'http://127.0.0.1:9/token'
const BY_ID = 'Evergrant, by id'
const BY_OWNER = 'Evergrant, by owner and provider'
const LIMIT = 'Map and decryption'
const BARE_LIMIT = 'Map and decryption into one buffer'
const PEER = 'better-auth'

/** How a sealed value is opened: as Node's documentation writes it, or decoded once at the end, as the vault does. */
const DECODERS: Readonly<Record<string, (decipher: DecipherGCM, text: Buffer) => string>> = {
  [LIMIT]: (decipher, text) => decipher.update(text, undefined, 'utf8') + decipher.final('utf8'),
  [BARE_LIMIT]: (decipher, text) => {
    const opened = decipher.update(text)
    decipher.final()
    return opened.toString('utf8')
  },
}

/** The least that a read of an encrypted cache costs: find the sealed value in a Map, open it with a KeyObject. */
function limit(name: string, count: number, seed: number): Contestant {
  const decode = DECODERS[name]
  const key = createSecretKey(createHash('sha256').update(`limit ${seed}`).digest())
  const keys = Array.from({ length: CONNECTIONS }, (_, index) => `${ORGANIZATION}/${index}`)
  const sealed = new Map(
    keys.map((place, index) => {
      const iv = randomBytes(12)
      const additionalData = Buffer.from(place)
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
      cipher.setAAD(additionalData)
      const text = Buffer.concat([cipher.update(tokenText('at', seed, index), 'utf8'), cipher.final()])
      return [place, { iv, additionalData, text, tag: cipher.getAuthTag() }]
    })
  )
  const read = (place: string): string => {
    const value = sealed.get(place)!
    const decipher = createDecipheriv('aes-256-gcm', key, value.iv, { authTagLength: 16 })
    decipher.setAAD(value.additionalData)
    decipher.setAuthTag(value.tag)
    return decode(decipher, value.text)
  }
  return {
    name,
    async run() {
      let length = 0
      for (let index = 0; index < count; index++) length += read(keys[index % CONNECTIONS]).length
      return insist(length, count)
    },
    close: async () => {},
  }
}

async function ours(context: Context, count: number): Promise<Contestant[]> {
  const ids: string[] = []
  const file = await dueFile(context, { count: CONNECTIONS, onRow: (id) => ids.push(id) })
  makeValid(file)
  const driver = openSqliteDriver(file, systemClock)
  const engine = await startBenchEngine({
    driver,
    tokenEndpoint: ENDPOINT,
    seed: context.seed,
    concurrency: 1,
  })
  const tokens = buildTokenManager({
    engine,
    driver: openSqliteDriver(file, systemClock),
    changes: watchSqlite(file),
    redis: null,
    validator: { validate: async () => ({ state: 'unknown', reason: 'no_validation', retryAt: null }) },
    strikeWindow: HOUR,
  })
  const organizationId = ORGANIZATION
  const owners = ids.map((_, index) => `owner-${String(index).padStart(7, '0')}`)
  const contestant = (name: string, selectors: TokenSelector[]) => ({
    name,
    async run() {
      let length = 0
      for (let index = 0; index < count; index++) {
        const token = await tokens.getValidAccessToken(selectors[index % CONNECTIONS])
        length += token.accessToken.reveal().length
      }
      return insist(length, count)
    },
    close: async () => {},
  })
  return [
    contestant(
      BY_ID,
      ids.map((connectionId) => ({ organizationId, connectionId }))
    ),
    {
      ...contestant(
        BY_OWNER,
        owners.map((owner) => ({ organizationId, owner, provider: PROVIDER }))
      ),
      async close() {
        await tokens.close()
        await engine.close()
        removeFile(file)
      },
    },
  ]
}

/** Gives every token an hour to live. */
function makeValid(file: string): void {
  const db = new Database(file)
  const now = Date.now()
  db.prepare(
    'UPDATE connections SET token_expires_at = ?, last_token_refresh_at = ?, next_refresh_at = NULL'
  ).run(now + HOUR, now)
  db.close()
}

function insist(length: number, count: number): number {
  if (length < count) throw new Error('a read gave no token')
  return count
}

async function peer(
  count: number,
  { folder, seed }: Context
): Promise<{ contestant: Contestant; version: string } | null> {
  const library = await openBetterAuth()
  if (!library) return null
  const accounts = await library.connect({ url: ENDPOINT, folder, count: CONNECTIONS, seed, left: HOUR })
  const contestant = {
    name: PEER,
    async run() {
      let good = 0
      for (let index = 0; index < count; index++) {
        good += Number(await accounts.hasToken(accounts.ids[index % CONNECTIONS]))
      }
      return insist(good, count)
    },
    close: async () => accounts.close(),
  }
  return { contestant, version: library.version }
}

export const measure: Measure = {
  name: 'token-read',
  how:
    `Reads of valid tokens of ${CONNECTIONS} connections, one after the other, in this process. Ours is ` +
    'getValidAccessToken with its encrypted cache and, at each read, the check whether any process has committed to the ' +
    'SQLite file. The limit is a Map of sealed values that are opened with a KeyObject and never checked, as the ' +
    'documentation of Node writes a decryption. better-auth is ' +
    'asked by getAccessToken, by user and provider, with its tokens encrypted as ours are, on a SQLite file of its own.',
  figures: [
    {
      title: 'valid token read ÷ (Map + KeyObject decrypt)',
      unit: '×',
      of: { series: BY_ID },
      per: { series: LIMIT },
      target: { is: 'at least', value: 0.45 },
    },
    {
      title: 'the same, where the limit too decodes only once at the end',
      unit: '×',
      of: { series: BY_ID },
      per: { series: BARE_LIMIT },
      target: null,
    },
    {
      title: 'valid token read ÷ better-auth getAccessToken',
      unit: '×',
      of: { series: BY_OWNER },
      per: { series: PEER },
      target: { is: 'at least', value: 40 },
    },
  ],
  async run(context) {
    const count = Math.max(1_000, Math.round(100_000 * context.scale))
    const theirs = await peer(Math.max(200, Math.round(2_000 * context.scale)), context)
    const contestants = [
      ...(await ours(context, count)),
      limit(LIMIT, count, context.seed),
      limit(BARE_LIMIT, count, context.seed),
      ...(theirs ? [theirs.contestant] : []),
    ]
    const series = await race(contestants, context, 'reads per second')
    const note = theirs
      ? `better-auth ${theirs.version}`
      : 'better-auth is not installed, so its column is missing'
    return { series, notes: [note] }
  },
}
