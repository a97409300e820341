import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Direction = 'up' | 'down'

/** One client's way through the proxy. */
export interface Link {
  client: Socket
  server: Socket
  /** Bytes that have passed, by direction. */
  passed: Record<Direction, number>
}

/** What to do with a piece of traffic: let it pass, swallow it for ever, or break the link without delivering it. */
export type Verdict = 'pass' | 'swallow' | 'reset'

export interface ProxyFaults {
  /** Milliseconds that each piece takes. */
  delay: number
  /** The link is reset after so many bytes in a direction; the bytes before arrive. */
  cutAfter: Partial<Record<Direction, number>>
  /** Nothing passes any more, and nobody is told. */
  hang: boolean
  /** New connections are reset at once. */
  refuse: boolean
  /** Looks at each piece before it passes. */
  inspect: (direction: Direction, piece: Buffer, link: Link) => Verdict | Promise<Verdict>
}

const HARMLESS: ProxyFaults = { delay: 0, cutAfter: {}, hang: false, refuse: false, inspect: () => 'pass' }

/**
 * A TCP proxy on loopback that delays, cuts, resets, swallows and hangs; it knows nothing of what it carries, so it
 * stands in front of a token endpoint, PostgreSQL or Redis alike.
 */
export class TcpProxy {
  readonly faults: ProxyFaults = { ...HARMLESS }
  readonly #links = new Set<Link>()

  private constructor(
    private readonly listener: Server,
    private readonly target: { host: string; port: number }
  ) {
    listener.on('connection', (client) => this.#accept(client))
  }

  static async start(target: { host: string; port: number }): Promise<TcpProxy> {
    const listener = createServer({ allowHalfOpen: true })
    const proxy = new TcpProxy(listener, target)
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port
  }

  /** Resets every link, as a server that is restarted does. */
  resetAll(): void {
    for (const link of this.#links) this.#reset(link)
  }

  async close(): Promise<void> {
    this.resetAll()
    await new Promise((resolve) => this.listener.close(resolve))
  }

  #accept(client: Socket): void {
    if (this.faults.refuse) return void client.resetAndDestroy()
    const server = connect({ ...this.target, allowHalfOpen: true })
    const link: Link = { client, server, passed: { up: 0, down: 0 } }
    this.#links.add(link)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => this.#reset(link))
      socket.on('close', () => this.#links.delete(link))
    }
    void this.#carry('up', link, client, server)
    void this.#carry('down', link, server, client)
  }

  async #carry(direction: Direction, link: Link, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        const verdict = await this.#judge(direction, piece, link)
        if (verdict === 'reset') return this.#reset(link)
        if (verdict === 'swallow') continue
        if (this.#deliver(direction, piece, link, to)) return this.#reset(link)
      }
      to.end()
    } catch {
      this.#reset(link)
    }
  }

  async #judge(direction: Direction, piece: Buffer, link: Link): Promise<Verdict> {
    if (this.faults.delay > 0) await sleep(this.faults.delay)
    const verdict = await this.faults.inspect(direction, piece, link)
    return this.faults.hang ? 'swallow' : verdict
  }

  /** Hands the piece on, as far as it may pass; true if the link must be cut after it. */
  #deliver(direction: Direction, piece: Buffer, { passed }: Link, to: Socket): boolean {
    const limit = this.faults.cutAfter[direction] ?? Number.POSITIVE_INFINITY
    const allowed = Math.max(0, limit - passed[direction])
    passed[direction] += piece.length
    if (!to.destroyed) to.write(piece.subarray(0, allowed))
    return allowed < piece.length
  }

  #reset({ client, server }: Link): void {
    server.destroy()
    if (client.destroyed) return
    // A reset that overtakes the end of the stream leaves Node 24 waiting for that end when the process exits.
    if (client.writableEnded) client.destroy()
    else client.resetAndDestroy()
  }
}
