import { test } from '@japa/runner'
import { Redis } from 'ioredis'
import { ReAuthRequiredError } from '#exceptions/re_auth_required_error'
import { Secret } from '#oauth/secret'
import { OrganizationNeeded, type TokenSelector } from '#services/token_manager/selector'
import type { TokenManager } from '#services/token_manager/token_manager'
import { credentialFingerprint } from '#vault/vault'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { hasRedis, RedisProcess } from '#tests/helpers/redis_process'
import { managerFixture } from '#tests/helpers/token_manager_fixture'

const OURS = '00000000-0000-7000-8000-00000000000a'
const THEIRS = '00000000-0000-7000-8000-00000000000c'
const OWNERS = ['ana', 'bob', 'ana/acme']
const caches = ['memory', 'redis'] as const

interface Account {
  organizationId: string
  owner: string
  connectionId: string
  token: string
}

/** The same owners with the same accounts at the same provider in two organizations, each with tokens of its own. */
async function twins(fixture: EngineFixture, left: number): Promise<Account[]> {
  const { connect, update, all, vault, server } = fixture
  await all('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t) RETURNING id', [
    THEIRS,
    'other',
    'Other',
    NOW,
  ])
  const accounts: Account[] = []
  const life = { token_expires_at: NOW + left, last_token_refresh_at: NOW - HOUR }
  for (const owner of OWNERS) {
    for (const organizationId of [THEIRS, OURS]) {
      const connectionId = await connect(owner, life)
      const token = `first-${owner}-${organizationId.at(-1)}`
      const refresh = new Secret(server.grant(`${owner}-${organizationId.at(-1)}`))
      const seal = (secret: Secret, column: string) =>
        vault.seal(secret, { organizationId, connectionId, column })
      await update(connectionId, {
        organization_id: organizationId,
        access_token: seal(new Secret(token), 'access_token'),
        refresh_token: seal(refresh, 'refresh_token'),
        credential_fp: credentialFingerprint(connectionId, refresh),
      })
      accounts.push({ organizationId, owner, connectionId, token })
    }
  }
  return accounts
}

const byOwner = ({ organizationId, owner }: Account) => ({ organizationId, owner, provider: 'acme' })
const byId = ({ organizationId, connectionId }: Account) => ({ organizationId, connectionId })
const other = (organizationId: string) => (organizationId === OURS ? THEIRS : OURS)

/** Every call that names a connection. */
const CALLS: Record<string, (tokens: TokenManager, selector: TokenSelector) => Promise<unknown>> = {
  getValidAccessToken: (tokens, selector) => tokens.getValidAccessToken(selector),
  refresh: (tokens, selector) => tokens.refresh(selector),
  validate: (tokens, selector) => tokens.validate(selector),
  onUnauthorized: (tokens, selector) => tokens.onUnauthorized(selector),
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'answered',
    (error: unknown) => (error instanceof ReAuthRequiredError ? error.code : String(error))
  )
}

const dialects: Dialect[] = ['sqlite', 'postgres']
for (const dialect of dialects) {
  for (const cache of caches) {
    // A SQLite file is never behind Redis.
    if (dialect === 'sqlite' && cache === 'redis') continue
    test.group(`Two organizations with the same owners on ${dialect}, cached in ${cache}`, (group) => {
      let fixture: EngineFixture
      let tokens: TokenManager
      let redis: Redis | null
      group.each.timeout(20_000)
      group.tap((one) => {
        if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
        else if (cache === 'redis' && !hasRedis) one.skip(true, 'no redis-server on this machine')
      })
      group.each.setup(async (context) => {
        const cleanup = (work: () => Promise<void>) => context.cleanup(work)
        fixture = await engineFixture(dialect, cleanup)
        redis = cache === 'redis' ? await openRedis(cleanup) : null
        // With Redis nothing is remembered here, so that every read goes there.
        const remembered = redis ? 0 : undefined
        tokens = (await managerFixture(dialect, fixture, cleanup, { redis, remembered })).tokens
      })

      async function crawl(accounts: Account[], assert: { equal(a: unknown, b: unknown, c?: string): void }) {
        for (const account of accounts) {
          for (const selector of [byOwner(account), byId(account)]) {
            const token = await tokens.getValidAccessToken(selector)
            assert.equal(token.accessToken.reveal(), account.token, JSON.stringify(selector))
            assert.equal(token.connectionId, account.connectionId)
          }
        }
      }

      test('each gets its own tokens, by owner and by id, at first, from the cache and after it was emptied', async ({
        assert,
      }) => {
        const accounts = await twins(fixture, HOUR)
        for (let round = 0; round < 3; round++) await crawl(accounts, assert)
        for (const account of accounts) {
          await tokens.invalidateCache(byOwner(account))
          await crawl(accounts, assert)
        }
      })

      test("another organization's connection is not found by any call, also when it is cached", async ({
        assert,
      }) => {
        const accounts = await twins(fixture, HOUR)
        await crawl(accounts, assert)
        for (const { organizationId, connectionId } of accounts) {
          const stranger = { organizationId: other(organizationId), connectionId }
          for (const [name, call] of Object.entries(CALLS)) {
            assert.equal(await codeOf(call(tokens, stranger)), 'not_found', name)
          }
          assert.isNull(await tokens.findValidAccessToken(stranger))
          await tokens.invalidateCache(stranger)
        }
        assert.lengthOf(fixture.server.presented, 0)
        await crawl(accounts, assert)
      })

      test('callers who wait for refreshes at the same time each get what their own organization was given', async ({
        assert,
      }) => {
        const accounts = await twins(fixture, -MINUTE)
        const callers = [...accounts, ...accounts].flatMap((account) => [
          { account, selector: byOwner(account) },
          { account, selector: byId(account) },
        ])
        const got = await Promise.all(callers.map(({ selector }) => tokens.getValidAccessToken(selector)))
        const tokenOf = new Map<string, string>()
        for (const [index, token] of got.entries()) {
          const { connectionId } = callers[index].account
          const text = token.accessToken.reveal()
          assert.equal(token.connectionId, connectionId)
          assert.equal(tokenOf.get(connectionId) ?? text, text)
          tokenOf.set(connectionId, text)
        }
        assert.lengthOf(new Set(tokenOf.values()), accounts.length)
        assert.lengthOf(fixture.server.presented, accounts.length)
      })

      test('without an organization nobody is served, since there are two', async ({ assert }) => {
        const [account] = await twins(fixture, HOUR)
        const { connectionId, owner } = account
        for (const selector of [{ connectionId }, { owner, provider: 'acme' }]) {
          for (const call of Object.values(CALLS)) {
            const error = await call(tokens, selector).catch((reason: unknown) => reason)
            assert.instanceOf(error, OrganizationNeeded)
          }
        }
      })

      if (cache !== 'redis') return
      test('a value under the key of another organization does not open there', async ({ assert }) => {
        const accounts = await twins(fixture, HOUR)
        let keys: string[] = []
        for (let tries = 0; tries < 100 && keys.length < accounts.length; tries++) {
          for (const account of accounts) await tokens.getValidAccessToken(byId(account))
          keys = (await redis!.keys('*')).filter((key) => key.includes('/') && !key.endsWith(':lease'))
        }
        assert.lengthOf(keys, accounts.length)
        const values = await redis!.mget(keys)
        for (const [index, key] of keys.entries()) {
          await redis!.set(key, values[(index + 1) % values.length] ?? '')
        }
        await crawl(accounts, assert)
      })
    })
  }
}

async function openRedis(cleanup: (work: () => Promise<void>) => void): Promise<Redis> {
  const server = await RedisProcess.start()
  cleanup(() => server.kill())
  const client = new Redis({ port: server.port, host: '127.0.0.1' })
  client.on('error', () => {})
  await new Promise<void>((resolve) => void client.once('ready', resolve))
  cleanup(async () => client.disconnect())
  return client
}
