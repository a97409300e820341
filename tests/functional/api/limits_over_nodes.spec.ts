/** The rate limit of keys with several nodes: real processes, a real Redis that is killed. */
import { setImmediate } from 'node:timers/promises'
import { test } from '@japa/runner'
import { Redis } from 'ioredis'
import { signInForm } from '#tests/helpers/door'
import { ace, freePort, migrated, serve } from '#tests/helpers/processes'
import { hasRedis, RedisProcess } from '#tests/helpers/redis_process'

/** Enough for the requests that a node makes before it is connected. */
const LIMIT = 2_000

test.group('API: limits over several nodes', () => {
  test('nodes count together in Redis; while it is away each counts for itself and nobody is refused for it', async ({
    assert,
    cleanup,
  }) => {
    const redis = await RedisProcess.start()
    cleanup(() => redis.kill())
    const shared = {
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      API_RATE_LIMIT: String(LIMIT),
      SCHEDULER_ENABLED: 'false',
    }
    const env = await migrated(shared)
    const made = await ace(['api-key:create', '--name=CI', '--abilities=runs:read', '--json'], env).ended
    assert.equal(made.code, 0, made.stderr)
    const { key } = JSON.parse(made.stdout) as { key: string }
    const ports = [env.PORT, String(await freePort())]
    const nodes = ports.map((PORT) => serve({ ...env, PORT, SANDBOX_PORT: '0', NODE_ENV: 'production' }))
    cleanup(async () => void (await Promise.all(nodes.map((node) => node.stop('SIGTERM')))))
    await Promise.all(nodes.map((node) => node.saw(/started HTTP server|Sign in|listening/i)))
    const ask = async (port: string) => {
      const headers = { authorization: `Bearer ${key}` }
      const { status, headers: told } = await fetch(`http://127.0.0.1:${port}/api/v1/runs`, { headers })
      return [status, Number(told.get('x-ratelimit-remaining'))]
    }
    const client = new Redis(redis.port)
    cleanup(() => client.disconnect())
    const counter = async () => (await client.keys('*api_*')).at(0)
    const counted = async () => Number((await client.get((await counter()) ?? '')) ?? 0)
    // Until a node has its connection it counts by itself.
    for (const port of ports) {
      const before = await counted()
      for (let tries = 0; (await counted()) === before && tries < 500; tries++) {
        await ask(port)
        await setImmediate()
      }
    }
    await client.set((await counter()) ?? '', String(LIMIT - 6), 'KEEPTTL')
    const answers = []
    for (let index = 0; index < 8; index++) answers.push((await ask(ports[index % 2])).join(' '))
    assert.deepEqual(answers, ['200 5', '200 4', '200 3', '200 2', '200 1', '200 0', '429 0', '429 0'])
    await redis.kill()
    for (const port of ports) assert.equal((await ask(port))[0], 200)
  })
    .timeout(60_000)
    .skip(!hasRedis, 'no redis-server on this machine')

  test('tries at a password count over all nodes; while Redis is away each counts for itself', async ({
    assert,
    cleanup,
  }) => {
    const redis = await RedisProcess.start()
    cleanup(() => redis.kill())
    const REDIS_URL = `redis://127.0.0.1:${redis.port}`
    const env = await migrated({ REDIS_URL, SCHEDULER_ENABLED: 'false' })
    const ports = [env.PORT, String(await freePort())]
    const nodes = ports.map((PORT) => serve({ ...env, PORT, SANDBOX_PORT: '0', NODE_ENV: 'production' }))
    cleanup(async () => void (await Promise.all(nodes.map((node) => node.stop('SIGTERM')))))
    await Promise.all(nodes.map((node) => node.saw(/started HTTP server|Sign in|listening/i)))
    const forms = await Promise.all(ports.map((port) => signInForm(`http://127.0.0.1:${port}`)))
    const client = new Redis(redis.port)
    cleanup(() => client.disconnect())
    for (const [node, form] of forms.entries()) {
      const counted = async () => (await client.keys(`*warm-${node}@*`)).length > 0
      for (let tries = 0; !(await counted()) && tries < 20; tries++)
        await form.send(`warm-${node}@example.com`, 'wrong')
      assert.isTrue(await counted())
    }
    const answers = []
    for (let index = 0; index < 6; index++)
      answers.push((await forms[index % 2].send('ana@example.com', 'wrong')).status)
    assert.deepEqual(answers, [422, 422, 422, 422, 422, 429])
    await redis.kill()
    for (const form of forms) assert.equal((await form.send('ana@example.com', 'wrong')).status, 422)
  })
    .timeout(60_000)
    .skip(!hasRedis, 'no redis-server on this machine')
})
