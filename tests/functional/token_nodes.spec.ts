import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import type { TokenManager } from '#services/token_manager/token_manager'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { LabBench } from '#tests/helpers/lab/lab_bench'
import { closeRedis, labTokens } from '#tests/helpers/lab/lab_tokens'
import type { WorkerProcess } from '#tests/helpers/lab/worker_process'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'
import { hasRedis, RedisProcess } from '#tests/helpers/redis_process'

const dialects: Dialect[] = ['sqlite', 'postgres']

interface Nodes {
  bench: LabBench
  tokens: TokenManager
  worker: WorkerProcess
  /** One more account, and how to name its connection. */
  account(name: string, left: number): Promise<{ organizationId: string; connectionId: string }>
}

/** A token manager in this process and one in another, on one database. */
async function nodes(
  dialect: Dialect,
  cleanup: (work: () => Promise<void>) => void,
  redisPort: number | null = null
): Promise<Nodes> {
  const bench = await LabBench.open(cleanup, { dialect })
  const { place } = bench.database
  const tokens = await labTokens(bench.engine(), place, bench.clock, redisPort)
  cleanup(async () => {
    await tokens.close()
    closeRedis()
  })
  const worker = await bench.worker()
  await worker.openTokens(redisPort)
  return {
    bench,
    tokens,
    worker,
    async account(name, left) {
      const { ids } = await bench.connect(name, 1, { expiresIn: left, dueIn: HOUR })
      const [row] = await bench.database.all('SELECT organization_id FROM connections WHERE id = ?', ids)
      return { organizationId: row.organization_id as string, connectionId: ids[0] }
    },
  }
}

/** What another process commits is heard of a moment later on PostgreSQL. */
async function becomes(wanted: string, read: () => Promise<string>): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await read()) === wanted) return true
    await sleep(10)
  }
  return false
}

for (const dialect of dialects) {
  test.group(`Token manager in two processes on ${dialect}`, (group) => {
    group.each.timeout(60_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('twenty callers of one expired token make one request and get the same token', async ({
      assert,
      cleanup,
    }) => {
      const { bench, tokens, worker, account } = await nodes(dialect, cleanup)
      const selector = await account('ana', -MINUTE)
      const here = Array.from({ length: 10 }, () => tokens.getValidAccessToken(selector))
      const [there, mine] = await Promise.all([worker.readTokens(selector, 10), Promise.all(here)])
      const texts = [...there, ...mine.map(({ accessToken }) => accessToken.reveal())]
      assert.lengthOf(texts, 20)
      assert.lengthOf(new Set(texts), 1)
      assert.equal(bench.presentations(), 1)
    })

    test('a refresh in one process is what the other one reads next', async ({ assert, cleanup }) => {
      const { tokens, worker, account } = await nodes(dialect, cleanup)
      const selector = await account('ana', HOUR)
      const [before] = await worker.readTokens(selector)
      assert.equal((await tokens.getValidAccessToken(selector)).accessToken.reveal(), before)
      await tokens.refresh(selector)
      const after = (await tokens.getValidAccessToken(selector)).accessToken.reveal()
      assert.notEqual(after, before)
      assert.isTrue(await becomes(after, async () => (await worker.readTokens(selector))[0]))
    })
  })
}

test.group('Token manager with Redis', (group) => {
  group.each.timeout(60_000)
  group.tap((one) => {
    if (!postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    else if (!hasRedis) one.skip(true, 'no redis-server on this machine')
  })

  const PREFIX = '{evergrant:tokens}:'
  const valuesOf = async (redis: RedisProcess) =>
    [...(await redis.contents())].filter(([key]) => /[0-9a-f]$/.test(key) && key !== `${PREFIX}generation`)

  test('what one process read is in Redis, sealed, under a key with the organization; a commit takes it away', async ({
    assert,
    cleanup,
  }) => {
    const redis = await RedisProcess.start()
    cleanup(() => redis.kill())
    const { tokens, worker, account } = await nodes('postgres', cleanup, redis.port)
    const selector = await account('ana', HOUR)
    const plain = (await tokens.getValidAccessToken(selector)).accessToken.reveal()
    assert.isTrue(await becomes('1', async () => String((await valuesOf(redis)).length)))
    const [[key, value]] = await valuesOf(redis)
    assert.equal(key, `${PREFIX}${selector.organizationId}/${selector.connectionId}`)
    assert.include(value, '"accessToken":"v1:k1:')
    for (const [name, text] of await redis.contents()) assert.notInclude(`${name} ${text}`, plain)
    assert.deepEqual(await worker.readTokens(selector), [plain])
    await tokens.refresh(selector)
    const after = (await tokens.getValidAccessToken(selector)).accessToken.reveal()
    assert.isTrue(await becomes(after, async () => (await worker.readTokens(selector))[0]))
    for (const [name, text] of await redis.contents()) assert.notInclude(`${name} ${text}`, after)
  })

  test('Redis may die and come back: reads go on, and nothing old is read from it', async ({
    assert,
    cleanup,
  }) => {
    const redis = await RedisProcess.start()
    cleanup(() => redis.kill())
    const { tokens, worker, account } = await nodes('postgres', cleanup, redis.port)
    const selector = await account('ana', HOUR)
    await tokens.getValidAccessToken(selector)
    await worker.readTokens(selector)
    await redis.kill()
    const other = await account('bob', HOUR)
    assert.isString((await tokens.getValidAccessToken(other)).accessToken.reveal())
    await tokens.refresh(selector)
    const after = (await tokens.getValidAccessToken(selector)).accessToken.reveal()
    assert.isTrue(await becomes(after, async () => (await worker.readTokens(selector))[0]))
    await redis.begin()
    assert.isTrue(
      await becomes('yes', async () => {
        await tokens.invalidateCache(selector)
        await tokens.getValidAccessToken(selector)
        return (await valuesOf(redis)).length > 0 ? 'yes' : 'no'
      })
    )
    assert.deepEqual(await worker.readTokens(selector), [after])
  })
})
