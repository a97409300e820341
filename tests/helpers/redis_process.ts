import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Redis } from 'ioredis'

/** True where this machine has a Redis to start. */
export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** A Redis of our own, without a disk, that can be killed and started again on its port. */
export class RedisProcess {
  #child: ChildProcess | null = null

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort())
    await redis.begin()
    return redis
  }

  async begin(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#child = spawn('redis-server', args, { stdio: 'ignore' })
    const client = this.#client()
    await new Promise<void>((resolve) => void client.once('ready', resolve))
    client.disconnect()
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Every value with its key. */
  async contents(): Promise<Map<string, string>> {
    const client = this.#client()
    const keys = await client.keys('*')
    const contents = new Map<string, string>()
    for (const key of keys) contents.set(key, (await client.get(key)) ?? '')
    client.disconnect()
    return contents
  }

  #client(): Redis {
    const client = new Redis({ port: this.port, host: '127.0.0.1', retryStrategy: () => 20 })
    client.on('error', () => {})
    return client
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
